package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

type sandboxFlags struct {
	*process
	addr, data, fixturesOut string
	anyAddress              bool
	listDefects, listLax    bool
	certificate, key        string
	defects, tolerances     []string
}

func sandboxCommand(p *process) *cobra.Command {
	f := &sandboxFlags{process: p}
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "serve the reference target, which meets every requirement",
		Long: `Serve the reference target until Ctrl-C. It prints its URL and the fixtures file to
use with it, and listens on loopback addresses only, unless --any-address is given.
With --defect it has planted defects, to show how a run reports them. With --tolerate it
answers otherwise where the promise tolerates it: a run passes, and its report notes each
tolerance by its name.`,
		Example: "  qorcheck sandbox --addr 127.0.0.1:8080\n  qorcheck sandbox --addr 127.0.0.1:0 --data state.json\n  qorcheck sandbox --defect reason-absent,charge-despite-500\n  qorcheck sandbox --tolerate 405-for-wrong-method --tolerate message-twice",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case f.listDefects:
				return listDefects(p.stdout)
			case f.listLax:
				return listTolerances(p.stdout)
			}
			ctx, stop := interruptible()
			defer stop()
			return f.serve(ctx)
		},
	}
	c.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	c.Flags().BoolVar(&f.anyAddress, "any-address", false, "allow an address that other machines can reach")
	c.Flags().StringVar(&f.data, "data", "", "file that keeps the state across restarts (default: memory only)")
	c.Flags().StringVar(&f.fixturesOut, "fixtures-out", "", "fixtures file to write (default: a temporary file, removed at the end)")
	c.Flags().StringVar(&f.certificate, "tls-cert", "", "certificate file, to serve HTTPS")
	c.Flags().StringVar(&f.key, "tls-key", "", "key file of --tls-cert")
	c.Flags().StringSliceVar(&f.defects, "defect", nil, "names of planted defects, as listed by --list-defects")
	c.Flags().BoolVar(&f.listDefects, "list-defects", false, "list the defects that can be planted, and serve nothing")
	c.Flags().StringSliceVar(&f.tolerances, "tolerate", nil, "names of tolerances, as listed by --list-tolerances: what the sandbox does otherwise")
	c.Flags().BoolVar(&f.listLax, "list-tolerances", false, "list what the promise tolerates, and serve nothing")
	return c
}

// listDefects prints each mutant with the requirement that must catch it.
func listDefects(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range sandbox.Defects() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", m.Name, cmp.Or(m.Requirement, "-"), m.Breaks)
	}
	return table.Flush()
}

// listTolerances prints what the promise tolerates, by the names that notes give it.
func listTolerances(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range sandbox.Tolerances() {
		fmt.Fprintf(table, "%s\tit %s\n", m.Name, m.Breaks)
	}
	return table.Flush()
}

// checkTolerances refuses a name that is not one of a tolerance.
func checkTolerances(names []string) error {
	var known []string
	for _, m := range sandbox.Tolerances() {
		known = append(known, m.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("--tolerate: unknown tolerance %q%s; must be one of: %s", name, spec.DidYouMean(name, known), strings.Join(known, ", "))
		}
	}
	return nil
}

func (f *sandboxFlags) serve(ctx context.Context) (err error) {
	host, _, err := net.SplitHostPort(f.addr)
	if err != nil {
		return fmt.Errorf("--addr %q: must be host:port, such as 127.0.0.1:8080", f.addr)
	}
	if !settings.Loopback(host) && !f.anyAddress {
		return fmt.Errorf("--addr %s: other machines could reach it; it must be a loopback address, such as 127.0.0.1:8080, unless --any-address is given", f.addr)
	}
	if (f.certificate == "") != (f.key == "") {
		return errors.New("--tls-cert and --tls-key must be given together")
	}
	secured, err := f.tls()
	if err != nil {
		return err
	}
	if err := checkTolerances(f.tolerances); err != nil {
		return err
	}
	planted := slices.Concat(f.defects, f.tolerances)
	mutants, err := sandbox.FindDefects(planted)
	if err != nil {
		return fmt.Errorf("--defect: %w", err)
	}
	target, err := sandbox.New(sandbox.Options{Data: f.path(f.data), Defects: planted})
	if err != nil {
		return fmt.Errorf("--data %s: %w", f.data, err)
	}
	listening, err := target.Listen(f.addr, secured)
	if err != nil {
		return errors.Join(fmt.Errorf("--addr %s: %w", f.addr, err), target.Close())
	}
	defer func() { err = errors.Join(err, listening.Stop()) }()
	origin := listening.Origin
	fixtures, remove, err := f.writeFixtures(origin)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	for i, m := range mutants {
		label := "defect:  "
		if i >= len(f.defects) {
			label = "tolerate:"
		}
		if _, err := fmt.Fprintf(f.stdout, "%s %s: it %s\n", label, m.Name, m.Breaks); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(f.stdout, "url:      %s/v3\nfixtures: %s\ncertify:  qorcheck run --target %s/v3 --fixtures %s\n", origin, fixtures, origin, fixtures); err != nil {
		return err
	}
	return listening.Wait(ctx)
}

// tls reads the certificate to serve HTTPS with, nil for HTTP.
func (f *sandboxFlags) tls() (*tls.Config, error) {
	if f.certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(f.path(f.certificate), f.path(f.key))
	if err != nil {
		return nil, fmt.Errorf("--tls-cert %s, --tls-key %s: %w", f.certificate, f.key, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// writeFixtures writes the fixtures file of the sandbox and returns its name and how to remove it.
func (f *sandboxFlags) writeFixtures(origin string) (string, func() error, error) {
	content := sandbox.Fixtures(origin)
	if f.fixturesOut != "" {
		if err := os.WriteFile(f.path(f.fixturesOut), content, 0o600); err != nil {
			return "", nil, fmt.Errorf("--fixtures-out: %w", err)
		}
		return f.fixturesOut, func() error { return nil }, nil
	}
	file, err := os.CreateTemp("", "qorcheck-sandbox-*.yaml")
	if err != nil {
		return "", nil, err
	}
	remove := func() error { return os.Remove(file.Name()) }
	if _, err := file.Write(content); err != nil {
		return "", nil, errors.Join(err, file.Close(), remove())
	}
	return file.Name(), remove, file.Close()
}
