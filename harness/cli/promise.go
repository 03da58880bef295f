package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// standardInput is the value of --spec that stands for it.
const standardInput = "-"

// description reads the description of --spec, the built-in one where none is given.
func (in *inputs) description() (*spec.Description, error) {
	amendments, err := in.amendments()
	if err != nil {
		return nil, err
	}
	switch {
	case in.spec == "":
		return amendments.Parse(spec.BuiltInDescription(), spec.BuiltInFile)
	case in.spec == standardInput:
		data, err := spec.ReadAll(in.stdin, exchange.MaxDocument)
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		return amendments.ParseAlone(data, "standard input")
	}
	address, err := url.Parse(in.spec)
	if err != nil || address.Scheme != "http" && address.Scheme != "https" {
		return amendments.Load(in.path(in.spec))
	}
	data, err := exchange.Fetch(context.Background(), address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address.Redacted(), err)
	}
	return amendments.ParseAlone(data, address.Redacted())
}

// amendments reads what is given beside the description.
func (in *inputs) amendments() (spec.Amendments, error) {
	a := spec.Amendments{Refs: in.path(in.refs)}
	if in.spec == "" && len(in.overlays) > 0 {
		return a, errors.New("an overlay amends a description that is given: --overlay needs --spec FILE")
	}
	for _, file := range in.overlays {
		data, err := os.ReadFile(in.path(file))
		if err != nil {
			return a, fmt.Errorf("--overlay: %w", err)
		}
		a.Overlays = append(a.Overlays, spec.Overlay{File: file, Data: data})
	}
	return a, nil
}

// fileList is a flag of files: it may be repeated, and a value may hold several.
type fileList []string

func (l *fileList) String() string { return strings.Join(*l, ",") }
func (l *fileList) Type() string   { return "files" }

// Allowed describes the values, for errors.
func (l *fileList) Allowed() string { return "a file, or several with commas between them" }

func (l *fileList) Set(value string) error {
	for file := range strings.SplitSeq(value, ",") {
		if strings.TrimSpace(file) == "" {
			return errors.New("the name of a file is missing")
		}
		*l = append(*l, file)
	}
	return nil
}

// amendmentFlags adds the flags of what is given beside the description.
func (in *inputs) amendmentFlags(c *cobra.Command) {
	c.Flags().Var(&in.overlays, "overlay", "file of the OpenAPI Overlay standard that amends --spec; it may be repeated (default: none)")
	c.Flags().StringVar(&in.refs, "refs", "", "folder with saved copies of what --spec refers to on a network, as HOST/PATH or by file name (default: none; such a reference stands for any value)")
}

// requirementList reads the list of --requirements. Where none is given, it is the list
// for any API for a description that was given, else that of the built-in description.
func (in *inputs) requirementList() (*spec.Requirements, error) {
	switch {
	case in.requirements != "":
		return spec.LoadRequirements(in.path(in.requirements))
	case in.spec != "":
		return spec.ParseRequirements(spec.AnyRequirements(), spec.AnyFile)
	}
	return spec.ParseRequirements(spec.BuiltInRequirements(), "spec/requirements.yaml")
}

// unwritten is the file of fixtures that are not given, as hints name it.
const unwritten = "fixtures.yaml"

// fixturesFor reads the fixtures of --fixtures. Where none are given, a target on this
// machine has those of the sandbox, or empty ones for a description that was given.
func (in *inputs) fixturesFor(target *url.URL, d *spec.Description) (*settings.Fixtures, error) {
	lookup := in.lookup
	if in.sendsNothing {
		lookup = in.lookupOrName
	}
	switch {
	case in.fixtures != "":
		f, err := settings.LoadFixtures(in.path(in.fixtures), lookup)
		if err != nil {
			return nil, fmt.Errorf("--fixtures: %w", err)
		}
		return f, nil
	case target != nil && !settings.Loopback(target.Hostname()):
		return nil, fmt.Errorf("--target %s: a target that is not on this machine requires --fixtures FILE, with these lines to begin with:\n%s", in.target, firstLines(target, d))
	case in.spec != "" && in.sendsNothing:
		return settings.ParseFixtures([]byte(credentialLine(d)), unwritten, lookup)
	case in.spec != "" && credentialLine(d) != "":
		return nil, fmt.Errorf("--spec %s: its operations need credentials; save these lines as %s, and add --fixtures %s:\n  %s", in.spec, unwritten, unwritten, credentialLine(d))
	case in.spec != "":
		return settings.ParseFixtures(nil, unwritten, in.lookup)
	}
	return settings.ParseFixtures(sandbox.Fixtures(""), "the sandbox's fixtures", in.lookup)
}

// firstLines are the lines of fixtures with which a target can be certified: its host,
// and the credentials of the first security that an operation needs.
func firstLines(target *url.URL, d *spec.Description) string {
	lines := []string{fmt.Sprintf("hosts: [%q]", target.Host)}
	if credentials := credentialLine(d); credentials != "" {
		lines = append(lines, credentials)
	}
	return "  " + strings.Join(lines, "\n  ")
}

// credentialLine is the line of fixtures that holds the valid credentials which most
// operations need, "" where none needs any.
func credentialLine(d *spec.Description) string {
	count, most := map[string]int{}, ""
	for _, o := range d.Operations {
		if len(o.Security) == 0 || o.Unsendable != "" || slices.ContainsFunc(o.Security, func(alternative []string) bool { return len(alternative) == 0 }) {
			continue
		}
		var pairs, tokens []string
		for _, scheme := range slices.Sorted(slices.Values(o.Security[0])) {
			if d.Schemes[scheme].TokenURL != "" {
				name := plan.VariableName(scheme)
				tokens = append(tokens, fmt.Sprintf("%s: { client_id: \"${%s_ID}\", client_secret: \"${%s_SECRET}\" }", scheme, name, name))
				continue
			}
			pairs = append(pairs, fmt.Sprintf("%s: \"${%s}\"", scheme, plan.VariableName(scheme)))
		}
		var lines []string
		if len(pairs) > 0 {
			lines = append(lines, "credentials: { valid: { "+strings.Join(pairs, ", ")+" } }")
		}
		if len(tokens) > 0 {
			lines = append(lines, "oauth2: { "+strings.Join(tokens, ", ")+" }")
		}
		line := strings.Join(lines, "\n  ")
		if count[line]++; count[line] > count[most] {
			most = line
		}
	}
	return most
}

// completeTokens gives client credentials the token URL of the description where they have
// none of their own. Its host must be allowed, as that of a target.
func completeTokens(d *spec.Description, f *settings.Fixtures) error {
	for _, name := range slices.Sorted(maps.Keys(f.OAuth2)) {
		given, scheme := f.OAuth2[name], d.Schemes[name]
		if scheme.Name == "" {
			return fmt.Errorf("%s: oauth2.%s: %s has no such security scheme; valid names: %s", f.File, name, d.File, cmp.Or(strings.Join(slices.Sorted(maps.Keys(d.Schemes)), ", "), "none"))
		}
		given.TokenURL = cmp.Or(given.TokenURL, scheme.TokenURL)
		u, err := url.Parse(given.TokenURL)
		if err != nil || u.Host == "" {
			return fmt.Errorf("%s: oauth2.%s: token_url: must be given: the description has no complete URL of it", f.File, name)
		}
		if !f.AllowsHost(u.Host) {
			return fmt.Errorf("%s: oauth2.%s: the host %s of the token URL is not allowed: only loopback and hosts named under hosts get requests (add: hosts: [%q])", f.File, name, u.Host, u.Host)
		}
	}
	return nil
}

// refuseProduction refuses a target that the description marks as a production
// environment, whatever the fixtures say.
func refuseProduction(target *url.URL, d *spec.Description) error {
	if target == nil || !d.IsProduction(target.Host) {
		return nil
	}
	return fmt.Errorf("--target %s: %s marks %s as production (x-conformance: production): it is neither run against nor planned for; give the address of a test environment", target, d.File, target.Host)
}

// limitWrites adds what --allow-writes allows, and refuses production environments.
func (in *inputs) limitWrites(target *url.URL, d *spec.Description, f *settings.Fixtures) error {
	if in.allowWrites != "" {
		if err := f.AllowWrites(strings.Split(in.allowWrites, ",")); err != nil {
			return err
		}
	}
	return refuseProduction(target, d)
}
