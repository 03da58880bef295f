package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"qorcheck/harness/planner"
	"qorcheck/harness/rundir"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

func initCommand(p *process) *cobra.Command {
	in := &inputs{process: p, seed: 1}
	c := &cobra.Command{
		Use:   "init",
		Short: "write the fixtures file of an environment, to be completed by hand",
		Long: `Write a fixtures file with what a run of an API needs: hosts, keys as variables, and
as comments the lines that would show more, such as ids of things that exist. With
--requirements also the requirement list, to be edited. Nothing is sent.

A file that exists keeps every line that it has, and gets those that are new.
The end of the output says what can be judged now, and which lines would show most.`,
		Example: "  qorcheck init --spec openapi.yaml --target https://api.example.test/v1\n  qorcheck init --spec openapi.yaml --fixtures staging.yaml --requirements requirements.yaml\n  qorcheck init --target https://sandbox.example.test/v3",
		Args:    noArguments,
		RunE:    func(*cobra.Command, []string) error { return in.initialize() },
	}
	c.Flags().StringVar(&in.spec, "spec", "", "OpenAPI description: a file, an http or https URL, or - for standard input (default: the built-in one of QorCommerce)")
	c.Flags().StringVar(&in.target, "target", "", "base URL of the environment, whose host is written (default: none; the hosts of the description become comments)")
	c.Flags().StringVar(&in.fixtures, "fixtures", unwritten, "fixtures file to write or to extend")
	c.Flags().StringVar(&in.requirements, "requirements", "", "requirement list to write where there is none, and to count with (default: none is written)")
	in.amendmentFlags(c)
	return c
}

// initialize writes the files, and says what they are good for.
func (in *inputs) initialize() error {
	var target *url.URL
	if in.target != "" {
		var err error
		if target, err = settings.ParseTarget(in.target); err != nil {
			return err
		}
	}
	description, err := in.description()
	if err != nil {
		return fmt.Errorf("--spec: %w", err)
	}
	if err := refuseProduction(target, description); err != nil {
		return err
	}
	requirements, newList, err := in.listToEdit()
	if err != nil {
		return fmt.Errorf("--requirements: %w", err)
	}
	before, err := spec.ReadFile(in.path(in.fixtures))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--fixtures: %w", err)
	}
	file := draftFixtures{inputs: in, data: before}
	if len(bytes.TrimSpace(before)) == 0 {
		file.data = []byte(heading(description))
	}
	if err := file.extend(neededLines(target, description)); err != nil {
		return fmt.Errorf("--fixtures: %w", err)
	}
	found, err := file.prospect(description, requirements)
	if err != nil {
		return err
	}
	var further []settings.Line
	for _, u := range found.unlocks {
		if u.written {
			further = append(further, u.line)
		}
	}
	slices.SortStableFunc(further, func(a, b settings.Line) int { return cmp.Compare(a.Path[0], b.Path[0]) })
	if err := file.extend(further); err != nil {
		return fmt.Errorf("--fixtures: %w", err)
	}
	if err := in.writeFiles(file, before, newList); err != nil {
		return err
	}
	return file.summarize(description, target, found)
}

// listToEdit reads the list of --requirements. Where the file does not exist yet, it is
// the built-in list, which is returned to be written as well.
func (in *inputs) listToEdit() (list *spec.Requirements, write []byte, err error) {
	if in.requirements != "" {
		if _, err := os.Stat(in.path(in.requirements)); errors.Is(err, fs.ErrNotExist) {
			write = spec.BuiltInRequirements()
			if in.spec != "" {
				write = spec.AnyRequirements()
			}
			list, err = spec.ParseRequirements(write, in.requirements)
			return list, write, err
		}
	}
	if list, err = in.requirementList(); err == nil {
		err = verdict.Known(list)
	}
	return list, nil, err
}

// heading begins a new fixtures file.
func heading(d *spec.Description) string {
	return spec.SchemaLine(spec.FixturesSchema) + fmt.Sprintf("# Fixtures for %s: the facts of one environment. qorcheck init adds lines that are new, and changes none.\n"+
		"# What stands behind # is a proposal: remove the # and give it a value. ${NAME} is an environment variable.\n", strings.TrimSpace(d.Title+" "+d.Version))
}

// draftFixtures is a fixtures file that grows.
type draftFixtures struct {
	*inputs
	data        []byte
	added, left []settings.Line
}

func (f *draftFixtures) extend(lines []settings.Line) error {
	data, added, left, err := settings.Extend(f.data, lines)
	if err != nil {
		return fmt.Errorf("%s: %w", f.fixtures, err)
	}
	f.data, f.added, f.left = data, append(f.added, added...), append(f.left, left...)
	return nil
}

// prospect plans with the file as it is. A variable that is not set has a value of no
// meaning: what a plan holds does not depend on it.
func (f *draftFixtures) prospect(d *spec.Description, r *spec.Requirements) (prospect, error) {
	fixtures, err := settings.ParseFixtures(f.data, f.fixtures, f.lookupOrName)
	if err != nil {
		return prospect{}, fmt.Errorf("--fixtures: %w", err)
	}
	f.process.fixtures = fixtures
	p, err := planner.New(d, r, fixtures, f.seed)
	if err != nil {
		return prospect{}, err
	}
	if len(p.Obligations) == 0 {
		return prospect{}, nothingCertified(d, r)
	}
	return prospectOf(p), nil
}

func (in *inputs) writeFiles(file draftFixtures, before, list []byte) error {
	write := func(name string, data []byte) error {
		return rundir.WriteFile(in.path(name), func(w io.Writer) error {
			_, err := w.Write(data)
			return err
		})
	}
	if !bytes.Equal(file.data, before) {
		if err := write(in.fixtures, file.data); err != nil {
			return fmt.Errorf("--fixtures: %w", err)
		}
		if err := in.writeSchema(in.fixtures, spec.FixturesSchema); err != nil {
			return fmt.Errorf("--fixtures: %w", err)
		}
	}
	if list != nil {
		if err := write(in.requirements, list); err != nil {
			return fmt.Errorf("--requirements: %w", err)
		}
		if err := in.writeSchema(in.requirements, spec.RequirementsSchema); err != nil {
			return fmt.Errorf("--requirements: %w", err)
		}
		fmt.Fprintf(in.stdout, "%s: written; it may be edited\n", in.requirements)
	}
	return nil
}

// writeSchema writes the schema that a file names in its first line beside it, where none is.
func (in *inputs) writeSchema(beside, name string) error {
	data, err := os.ReadFile(in.path(beside))
	if err != nil || !bytes.HasPrefix(data, []byte(spec.SchemaLine(name))) {
		return err
	}
	path := filepath.Join(filepath.Dir(in.path(beside)), name)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	schema, err := spec.FileSchema(name)
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "%s: written; editors complete %s by it\n", name, beside)
	return rundir.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(schema)
		return err
	})
}

// maxUnlocks is how many lines the summary names.
const maxUnlocks = 3

// summarize says what was written, what can be judged now, and what would show more.
func (f *draftFixtures) summarize(d *spec.Description, target *url.URL, found prospect) error {
	var b strings.Builder
	switch {
	case len(f.added) > 0:
		fmt.Fprintf(&b, "%s: %s added\n", f.fixtures, plural(len(f.added), "line"))
	default:
		fmt.Fprintf(&b, "%s: nothing to add\n", f.fixtures)
	}
	for _, line := range f.left {
		fmt.Fprintf(&b, "%s: not added, since what it belongs to stands in braces or brackets there: %s\n", f.fixtures, line)
	}
	judged := found.judged + found.uncertain + found.lacking
	for _, slip := range d.SlipTexts() {
		fmt.Fprintf(&b, "in %s: %s\n", d.File, slip)
	}
	fmt.Fprintf(&b, "%s: %s; %d of %d obligations can be judged now", strings.TrimSpace(d.Title+" "+d.Version), plural(len(d.Operations), "operation"), found.judged, judged)
	if found.uncertain > 0 {
		fmt.Fprintf(&b, ", %d more if the target takes invented ids", found.uncertain)
	}
	if found.inapplicable > 0 {
		fmt.Fprintf(&b, " (%d are not applicable, by the description)", found.inapplicable)
	}
	b.WriteString("\n")
	if len(found.unlocks) > 0 {
		fmt.Fprintf(&b, "what would show most, in %s:\n", f.fixtures)
	}
	for _, u := range found.unlocks[:min(maxUnlocks, len(found.unlocks))] {
		fmt.Fprintf(&b, "  %s: %s\n", u.says, unlocks(u))
	}
	f.next(&b, d, target)
	_, err := io.WriteString(f.stdout, b.String())
	return err
}

// unlocks says how many obligations a line would show.
func unlocks(u *unlock) string {
	text := plural(u.alone, "obligation")
	if more := len(u.obligations) - u.alone; more > 0 {
		text += fmt.Sprintf(", %d more with other lines", more)
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

var variableName = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// next says which commands follow.
func (f *draftFixtures) next(b *strings.Builder, d *spec.Description, target *url.URL) {
	b.WriteString("next:\n")
	var unset []string
	for row := range strings.Lines(string(f.data)) {
		if strings.HasPrefix(strings.TrimSpace(row), "#") {
			continue
		}
		for _, m := range variableName.FindAllStringSubmatch(row, -1) {
			if f.getenv(m[1]) == "" && !slices.Contains(unset, m[1]+"=…") {
				unset = append(unset, m[1]+"=…")
			}
		}
	}
	if len(unset) > 0 {
		fmt.Fprintf(b, "  export %s\n", strings.Join(unset, " "))
	}
	arguments := ""
	if f.spec != "" {
		arguments += " --spec " + f.spec
	}
	if f.requirements != "" {
		arguments += " --requirements " + f.requirements
	}
	arguments += " --fixtures " + f.fixtures
	fmt.Fprintf(b, "  qorcheck plan%s\n  qorcheck run%s --target %s\n", arguments, arguments, f.targetToGive(d, target))
}

// targetToGive is the target that was given, else one that the description suggests.
func (f *draftFixtures) targetToGive(d *spec.Description, target *url.URL) string {
	if target != nil {
		return f.target
	}
	for _, server := range d.Servers {
		if u, err := url.Parse(server); err == nil && u.Host != "" && !d.IsProduction(u.Host) {
			return server
		}
	}
	return "http://127.0.0.1:8080" + d.BasePath
}

// lookupOrName is lookup, with a value of no meaning for a variable that is not set.
func (in *inputs) lookupOrName(name string) (string, bool) {
	value, _ := in.lookup(name)
	return cmp.Or(value, "not-set-"+name), true
}
