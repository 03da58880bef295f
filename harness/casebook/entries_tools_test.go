//go:build tools

package casebook

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// entry is one deviation of a server in the casebook.
type entry struct {
	title    string
	quotes   []quote
	failures []string // outcome, obligation and case, separated by blanks
	script   string
	answer   string
}

// quote is a line of a description.
type quote struct {
	file string
	line int // 0 for anywhere
	text string
}

var (
	quoteLine   = regexp.MustCompile("^> `([^`:]+):?([0-9]*)` +`(.+)`$")
	failureLine = regexp.MustCompile("^- (fail|inconclusive) (`.+`): (`.+`)$")
)

// readCasebook reads the chapters of the casebook by title.
func readCasebook(t *testing.T, file string) map[string][]entry {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	book := map[string][]entry{}
	chapter, fence := "", ""
	var one *entry
	for lines := bufio.NewScanner(f); lines.Scan(); {
		text := lines.Text()
		switch {
		case fence != "" && text == "```":
			fence = ""
		case fence == "sh":
			one.script += text + "\n"
		case fence == "http":
			one.answer += text + "\n"
		case strings.HasPrefix(text, "## "):
			chapter = strings.TrimPrefix(text, "## ")
			book[chapter], one = nil, nil
		case strings.HasPrefix(text, "### "):
			book[chapter] = append(book[chapter], entry{title: strings.TrimPrefix(text, "### ")})
			one = &book[chapter][len(book[chapter])-1]
		case one == nil:
		case strings.HasPrefix(text, "```"):
			fence = strings.TrimPrefix(text, "```")
		case strings.HasPrefix(text, "> "):
			m := quoteLine.FindStringSubmatch(text)
			if m == nil {
				t.Fatalf("%s: no quotation: %s", file, text)
			}
			q := quote{file: m[1], text: m[3]}
			if m[2] != "" {
				if _, err := fmt.Sscan(m[2], &q.line); err != nil {
					t.Fatal(err)
				}
			}
			one.quotes = append(one.quotes, q)
		case strings.HasPrefix(text, "- "):
			m := failureLine.FindStringSubmatch(text)
			if m == nil {
				t.Fatalf("%s: no list of cases: %s", file, text)
			}
			for _, obligation := range quoted(m[2]) {
				for _, id := range quoted(m[3]) {
					one.failures = append(one.failures, m[1]+" "+obligation+" "+id)
				}
			}
		}
	}
	return book
}

// quoted lists the comma-separated words in backticks.
func quoted(text string) []string {
	list := strings.Split(text, ", ")
	for i := range list {
		list[i] = strings.Trim(list[i], "`")
	}
	return list
}

// checkQuotes checks that the quoted lines are in the description.
func (e entry) checkQuotes(t *testing.T, description string) {
	t.Helper()
	if len(e.quotes) == 0 {
		t.Error("no line of the description is quoted")
	}
	text, err := os.ReadFile(description)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, q := range e.quotes {
		if !strings.HasSuffix(description, q.file) {
			t.Errorf("%s is not the description %s", q.file, description)
		}
		found := slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, q.text) })
		if q.line > 0 {
			found = q.line <= len(lines) && strings.Contains(lines[q.line-1], q.text)
		}
		if !found {
			t.Errorf("%s:%d does not say %q", q.file, q.line, q.text)
		}
	}
}

// repeat sends the request of an entry by curl and compares the response; … in the
// casebook stands for anything. Of the header, status and media type are compared.
func (e entry) repeat(t *testing.T, target string, variables map[string]string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sh", "-c", e.script)
	c.Env = append(os.Environ(), "TARGET="+target)
	for name, value := range variables {
		c.Env = append(c.Env, name+"="+value)
	}
	output, _ := c.CombinedOutput() // what curl says of a failure is compared too
	got := withoutHeaders(string(output))
	pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(e.answer)), "…", ".*")
	if e.script == "" || !regexp.MustCompile(`^(?s:`+pattern+`)$`).MatchString(got) {
		t.Errorf("%s\nis answered\n%s\nwant\n%s", e.script, got, e.answer)
	}
}

// withoutHeaders leaves out every header but the media type.
func withoutHeaders(answer string) string {
	var kept []string
	inHeader := false
	for l := range strings.SplitSeq(strings.ReplaceAll(answer, "\r", ""), "\n") {
		switch {
		case strings.HasPrefix(l, "HTTP/"):
			inHeader = true
			kept = append(kept, l)
		case inHeader && l == "":
			inHeader = false
		case !inHeader:
			kept = append(kept, l)
		case strings.HasPrefix(strings.ToLower(l), "content-type:"):
			kept = append(kept, "Content-Type"+l[len("content-type"):])
		}
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}
