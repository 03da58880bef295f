package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"qorcheck/harness/settings"
	"qorcheck/reporters"
	"qorcheck/spec"
)

// saleAndList are flags for a run that sends cards and gets lists: all of it, or few cases of each obligation.
var (
	saleAndList = []string{"--filter", "operation:payment-sale-manual || operation:webhooks_list"}
	fewSales    = append([]string{"--smoke"}, saleAndList...)
)

// certifyCanaries certifies a target with canaries as secrets and looks for them in all that came of it.
// It returns these texts by name.
func certifyCanaries(t *testing.T, want int, flags []string, h http.HandlerFunc) map[string]string {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"fixtures.yaml": canaryFixtures(), "requirements.yaml": without(t, "RH-400-2", "RH-400-3", "RH-MSG-11")})
	stdout, stderr, code := commandIn(t, dir, []string{"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + filepath.Join(dir, "page.md")},
		append([]string{"run", "--target", serve(t, h) + "/v3", "--fixtures", "fixtures.yaml", "--out", "out", "--verbose", "--evidence", "all", "--junit-cases",
			"--requirements", "requirements.yaml",
			"--run-id", "canaries"}, flags...)...) // by an id of its own a run may make up the digits of a CVV
	if code != want {
		t.Errorf("exit code %d, want %d:\n%s\n%s", code, want, lastLine(stdout), lastLine(stderr))
	}
	f, err := settings.ParseFixtures([]byte(canaryFixtures()), "fixtures.yaml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"stdout": stdout, "stderr": stderr, "the step's page": readFile(t, filepath.Join(dir, "page.md"))}
	for name, args := range map[string][]string{
		"report": {"report", "--format", strings.Join(reporters.Formats(), ","), "--out", "-"}, "waive": {"waive"},
		"diff": {"diff", "out", "out"}, "diff as Markdown": {"diff", "out", "out", "--format", "markdown"},
	} {
		printed, complaint, code := commandIn(t, dir, nil, args...)
		if texts[name] = printed + complaint; code != 0 {
			t.Errorf("%s: exit code %d: %s", name, code, complaint)
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 5 {
		t.Errorf("%d files, want 5", len(entries))
	}
	for _, entry := range entries {
		text := readFile(t, filepath.Join(dir, "out", entry.Name()))
		texts[entry.Name()] = text
		if strings.HasSuffix(entry.Name(), "json") {
			texts[entry.Name()+", decoded"] = decodedStrings(t, text)
		}
	}
	for _, name := range sortedNames(texts) {
		search(t, f, name, texts[name])
		search(t, f, name+", unpacked", unpacked(texts[name]))
	}
	return texts
}

// without is the requirement list with some left out, and so without their cases.
// Statements that only they rest on are not covered.
func without(t *testing.T, ids ...string) string {
	t.Helper()
	var list map[string]any
	if err := yaml.Unmarshal(spec.BuiltInRequirements(), &list); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(list["profiles"].(map[string]any), func(_ string, p any) bool {
		_, sentence := p.(string)
		return !sentence // it lists requirements
	})
	uncovered := list["notCovered"].(map[string]any)
	kept := map[string]bool{}
	list["requirements"] = slices.DeleteFunc(list["requirements"].([]any), func(entry any) bool {
		q := entry.(map[string]any)
		left := slices.Contains(ids, q["id"].(string))
		sentences, _ := q["clause"].(map[string]any)["sentences"].([]any)
		for _, id := range sentences {
			if !left {
				kept[id.(string)] = true
			} else if uncovered[id.(string)] == nil {
				uncovered[id.(string)] = "its requirements are left out"
			}
		}
		return left
	})
	for id := range kept {
		delete(uncovered, id)
	}
	return string(encoded(list)) // JSON is YAML
}

// search looks for every secret of the fixtures, in every form, and for what
// would be left of one that was cut before it was taken out.
func search(t *testing.T, f *settings.Fixtures, name, text string) {
	t.Helper()
	found := func(what, secret string, at int) {
		from, to := max(at-120, 0), min(at+len(secret)+60, len(text))
		t.Errorf("%s holds %s, as %q:\n…%s…", name, what, secret, text[from:to])
	}
	keys, cards := f.Secrets()
	for _, key := range keys {
		for _, form := range append(forms(key), key[:9]) {
			if at := strings.Index(text, form); at >= 0 {
				found("the key "+key, form, at)
				break
			}
		}
	}
	for _, card := range cards {
		for _, form := range append(forms(card), card[:4]+" "+card[4:8]+" "+card[8:12], card[:4]+"-"+card[4:8]+"-"+card[8:12]) {
			if at := strings.Index(text, form); at >= 0 {
				found("the card "+card, form, at)
				break
			}
		}
		if bytes.Contains(spec.BuiltInDescription(), []byte(card)) {
			continue // an example of the description; malformed ones are made of it
		}
		if cut := card[:11]; strings.Contains(text, cut) {
			if at := regexp.MustCompile(`\b` + cut).FindStringIndex(text); at != nil {
				found("the card "+card, cut, at[0])
			}
		}
	}
	for _, cvv := range cvvs {
		if !strings.Contains(text, cvv) {
			continue
		}
		for _, form := range []string{`\b` + cvv + `\b`, "%22" + cvv + "%22", "%3D" + cvv, `u0022` + cvv} {
			if at := regexp.MustCompile(form).FindStringIndex(text); at != nil {
				found("the CVV "+cvv, text[at[0]:at[1]], at[0])
				break
			}
		}
	}
}

var standardBase64 = strings.NewReplacer("-", "+", "_", "/")

// unlikeBase64 reports whether a character is in no text in base64, of either alphabet.
func unlikeBase64(c rune) bool {
	return (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("+/_-", c)
}

// unpacked lists what is packed in base64 in a text, as far as it is text.
func unpacked(text string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(text, unlikeBase64) {
		if len(word) < 16 {
			continue
		}
		word = standardBase64.Replace(word)
		if data, err := base64.RawStdEncoding.DecodeString(word[:len(word)/4*4]); err == nil && utf8.Valid(data) {
			b.Write(append(data, '\n'))
		}
	}
	return b.String()
}

// decodedStrings lists every string of JSON documents, as it is once decoded.
func decodedStrings(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	var walk func(value any)
	walk = func(value any) {
		switch v := value.(type) {
		case string:
			b.WriteString(v + "\n")
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		case map[string]any:
			for name, inner := range v {
				b.WriteString(name + "\n")
				walk(inner)
			}
		}
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	for decoder.More() {
		var value any
		if err := decoder.Decode(&value); err != nil {
			t.Fatal(err)
		}
		walk(value)
	}
	return b.String()
}

func sortedNames(texts map[string]string) []string {
	var names []string
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// secretsOf lists every secret of fixtures in plain.
func secretsOf(t *testing.T, f *settings.Fixtures) []string {
	t.Helper()
	keys, cards := f.Secrets()
	if len(keys) == 0 || len(cards) == 0 {
		t.Fatal("the fixtures hold no secret")
	}
	return append(keys, cards...)
}

// edit alters the members of a JSON answer.
func (a *answer) edit(change func(m map[string]any)) {
	var m map[string]any
	if json.Unmarshal(a.body, &m) != nil {
		return
	}
	change(m)
	a.body = encoded(m)
}

func encoded(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // maps of JSON values always encode
	}
	return data
}

// data returns transaction_data of a request, nil when it cannot be read.
func data(sent []byte) map[string]any {
	var m struct {
		Data map[string]any `json:"transaction_data"`
	}
	if json.Unmarshal(sent, &m) != nil {
		return nil
	}
	return m.Data
}
