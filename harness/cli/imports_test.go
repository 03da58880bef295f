package cli

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "qorcheck"

// listed is a package as the go command lists it.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// name is the path within the module, "" for the root.
func (p listed) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

func packages(t *testing.T) []listed {
	t.Helper()
	c := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Deps", module+"/...")
	output, err := c.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	decoder := json.NewDecoder(strings.NewReader(string(output)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if own(p.ImportPath) {
			list = append(list, p)
		}
	}
	if len(list) < 10 {
		t.Fatalf("%d packages, too few: the test looks in a wrong place", len(list))
	}
	return list
}

func own(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// TestImportLine: imports point one way, as design.md draws it. A package may
// import what is named for it and nothing else of the module.
func TestImportLine(t *testing.T) {
	line := map[string][]string{
		"":                 {"harness/cli"},
		"spec":             {},
		"harness/redact":   {"spec"},
		"harness/settings": {"harness/redact", "spec"},
		"harness/generate": {"spec"},
		"harness/plan":     {"harness/settings", "spec"},
		"harness/planner":  {"harness/generate", "harness/plan", "harness/settings", "spec"},
		"harness/exchange": {"harness/redact", "harness/message", "harness/plan", "harness/settings", "spec"},
		"harness/verdict":  {"harness/message", "harness/exchange", "harness/plan", "spec"},
		"harness/run":      {"harness/redact", "harness/message", "harness/verdict", "harness/exchange", "harness/plan", "harness/settings", "spec"},
		"harness/message":  {},
		"harness/casebook": {}, // tests alone
		"harness/matrix":   {"harness/run", "harness/sandbox", "harness/verdict", "harness/exchange", "harness/plan", "harness/settings", "spec"},
		// the words of the requirement list, levels and chapters, are spec's
		"reporters": {"harness/redact", "harness/rundir", "harness/run", "harness/verdict", "spec"},
		// reporters know the names of the files that stand beside each other
		"harness/rundir": {"harness/run"},
		// Declare and Select take a plan
		"suites": {"harness/run", "harness/verdict", "harness/plan", "spec"},
		// the commands join the stages
		"harness/cli": {"suites", "harness/redact", "harness/planner", "reporters", "harness/matrix", "harness/rundir", "harness/run", "harness/exchange", "harness/plan", "harness/settings", "harness/sandbox", "harness/verdict", "spec"},
		// an independent witness: it shares no code with planning and judging
		"harness/sandbox":                  {"harness/sandbox/internal/api", "harness/sandbox/internal/defects"},
		"harness/sandbox/internal/defects": {"harness/sandbox/internal/api", "harness/sandbox/internal/strict", "spec"},
		"harness/sandbox/internal/api":     {"harness/sandbox/internal/strict", "spec"},
		"harness/sandbox/internal/strict":  {},
	}
	for _, p := range packages(t) {
		allowed, ok := line[p.name()]
		if !ok {
			t.Errorf("%s has no place in the import line", p.name())
			continue
		}
		// what an allowed package needs is reached through it, and no more
		reached := slices.Clone(allowed)
		for i := 0; i < len(reached); i++ {
			for _, name := range line[reached[i]] {
				if !slices.Contains(reached, name) {
					reached = append(reached, name)
				}
			}
		}
		for list, within := range map[*[]string][]string{&p.Imports: allowed, &p.Deps: reached} {
			for _, path := range *list {
				if own(path) && !slices.Contains(within, strings.TrimPrefix(strings.TrimPrefix(path, module), "/")) {
					t.Errorf("%s imports %s; allowed: %s", p.name(), path, strings.Join(within, ", "))
				}
			}
		}
	}
}

// TestForeignImports: what comes from elsewhere is imported where its work is done.
func TestForeignImports(t *testing.T) {
	rooms := map[string][]string{
		"github.com/onsi/":            {"suites"},
		"github.com/getkin/":          {"spec", "harness/planner", "harness/generate"},
		"github.com/santhosh-tekuri/": {"spec", "harness/sandbox/internal/strict"},
		"github.com/spf13/":           {"harness/cli"},
		"golang.org/x/term":           {"harness/cli"},
		"golang.org/x/time":           {"harness/exchange"},
		"golang.org/x/text":           {"spec"},
		"go.yaml.in/":                 {"spec", "harness/settings", "harness/sandbox/internal/strict", "harness/sandbox/internal/api", "harness/sandbox/internal/defects"},
		"testing":                     {},
	}
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			first, _, _ := strings.Cut(path, "/")
			known := own(path) || path != "testing" && !strings.Contains(first, ".") // the standard library
			for start, allowed := range rooms {
				if strings.HasPrefix(path, start) {
					known = true
					if !slices.Contains(allowed, p.name()) {
						t.Errorf("%q imports %s; allowed in %q", p.name(), path, allowed)
					}
				}
			}
			if !known {
				t.Errorf("%q imports %s, which no room is named for", p.name(), path)
			}
		}
		// not even through others may Ginkgo reach what decides
		if strings.HasPrefix(p.name(), "harness/") && p.name() != "harness/cli" || p.name() == "reporters" || p.name() == "spec" {
			for _, path := range p.Deps {
				if strings.HasPrefix(path, "github.com/onsi/") {
					t.Errorf("%s depends on %s", p.name(), path)
				}
			}
		}
	}
}

// TestOnlyTheExchangeSends: others use the words of HTTP at most, its statuses and headers.
func TestOnlyTheExchangeSends(t *testing.T) {
	connect := []string{
		"harness/exchange", "harness/message", "harness/sandbox",
		"harness/sandbox/internal/api", "harness/sandbox/internal/defects", "harness/sandbox/internal/strict",
		"harness/cli", // serves the sandbox
	}
	words := map[string]func(name string) bool{
		"http": func(name string) bool {
			return strings.HasPrefix(name, "Status") || strings.HasPrefix(name, "Method") || name == "Header" || name == "CanonicalHeaderKey"
		},
		"net": func(name string) bool {
			return slices.Contains([]string{"SplitHostPort", "JoinHostPort", "ParseIP", "IP"}, name)
		},
		"exec": func(string) bool { return false },
	}
	for _, file := range productFiles(t, "spec", "suites", "reporters", "harness") {
		if slices.Contains(connect, path.Dir(file)) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		aliases := map[string]string{}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			base := path.Base(imported)
			if imported != "net/http" && imported != "net" && imported != "os/exec" {
				continue
			}
			aliases[base] = base
			if spec.Name != nil {
				aliases[spec.Name.Name] = base
			}
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && aliases[x.Name] != "" && !words[aliases[x.Name]](selector.Sel.Name) {
				t.Errorf("%s uses %s.%s; only the exchange opens connections", file, x.Name, selector.Sel.Name)
			}
			return true
		})
	}
}

// TestNoNamesOfOneAPI: another description, fixtures file and requirement list
// certify another API; no code knows a name of this one.
func TestNoNamesOfOneAPI(t *testing.T) {
	names := []string{
		"Qor-", "AppKey", "ClientKey", "transaction_data", "transaction_id", "resultCode", "refusalReason", "/payment/", "/webhook",
		"orderid", "order_id", "creditcard", "bzip", "trxn_", "payment_type", "hook_id", "Authorised", `"Refused"`, `"declined"`, "GW0", "GW1", "GW7", "GW9",
	}
	for _, file := range productFiles(t, "suites", "reporters", "harness") {
		if strings.HasPrefix(file, "harness/sandbox/") {
			continue
		}
		text := readFile(t, filepath.Join(root, file))
		for _, name := range names {
			if at := strings.Index(text, name); at >= 0 {
				line := 1 + strings.Count(text[:at], "\n")
				t.Errorf("%s:%d names %s", file, line, name)
			}
		}
	}
}

// productFiles lists the Go files below folders, tests left out.
func productFiles(t *testing.T, folders ...string) []string {
	t.Helper()
	var files []string
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(root), folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 20 {
		t.Fatalf("%d files, too few: the test looks in a wrong place", len(files))
	}
	return files
}
