package cli

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
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

// name is the path within the module, "." for the root.
func (p listed) name() string { return nameOf(p.ImportPath) }

func nameOf(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
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

// tableOf reads a table of harness/README.md: the code words of a row's second cell by the one of its first.
// The table is known by the first cell of its head.
func tableOf(t *testing.T, head string) map[string][]string {
	t.Helper()
	_, rest, found := strings.Cut(readFile(t, filepath.Join(root, "harness", "README.md")), "\n| "+head+" | ")
	if !found {
		t.Fatalf("harness/README.md has no table of %q", head)
	}
	word := regexp.MustCompile("`([^`]+)`")
	table := map[string][]string{}
	for line := range strings.Lines(rest) {
		if line == "\n" {
			break
		}
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue // what is left of the head
		}
		name := word.FindStringSubmatch(cells[1])
		if name == nil {
			continue // the line below the head
		}
		table[name[1]] = nil
		for _, m := range word.FindAllStringSubmatch(cells[2], -1) {
			table[name[1]] = append(table[name[1]], m[1])
		}
	}
	if len(table) < 5 {
		t.Fatalf("harness/README.md: %d rows in the table of %q", len(table), head)
	}
	return table
}

// TestImports_PointOneWay: a package imports of the module what its row in
// harness/README.md names and nothing else, and each row has its package.
func TestImports_PointOneWay(t *testing.T) {
	line := tableOf(t, "Package")
	rows := maps.Clone(line)
	for _, p := range packages(t) {
		allowed, ok := line[p.name()]
		if !ok {
			t.Errorf("%s has no row in the table of harness/README.md", p.name())
			continue
		}
		delete(rows, p.name())
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
				if own(path) && !slices.Contains(within, nameOf(path)) {
					t.Errorf("%s imports %s; allowed: %s", p.name(), path, strings.Join(within, ", "))
				}
			}
		}
	}
	for name := range rows {
		t.Errorf("harness/README.md has a row of %s, which is no package", name)
	}
}

// TestImports_OfLibraries: a library is imported where its work is done.
func TestImports_OfLibraries(t *testing.T) {
	rooms := tableOf(t, "Library")
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
		if strings.HasPrefix(p.name(), "harness/") && p.name() != "harness/cli" || strings.HasPrefix(p.name(), "reporters") || p.name() == "spec" {
			for _, path := range p.Deps {
				if strings.HasPrefix(path, "github.com/onsi/") {
					t.Errorf("%s depends on %s", p.name(), path)
				}
			}
		}
	}
}

// TestImports_OnlyTheExchangeSends: others use the words of HTTP at most, its statuses and headers.
func TestImports_OnlyTheExchangeSends(t *testing.T) {
	connect := []string{
		"harness/exchange", "harness/message", "harness/sandbox",
		"harness/sandbox/internal/api", "harness/sandbox/internal/defects", "harness/sandbox/internal/strict",
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

// TestNames_OfOneAPI: another description, fixtures file and requirement list
// certify another API; no code knows a name of this one.
func TestNames_OfOneAPI(t *testing.T) {
	names := []string{
		"Qor-", "AppKey", "ClientKey", "transaction_data", "transaction_id", "resultCode", "refusalReason", "/payment/", "/webhook",
		"orderid", "order_id", "creditcard", "bzip", "trxn_", "payment_type", "hook_id", "Authorised", `"Refused"`, `"declined"`, "Handle 200", "GW0", "GW1", "GW7", "GW9",
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
