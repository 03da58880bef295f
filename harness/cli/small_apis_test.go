package cli

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"qorcheck/harness/exchange"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
	"qorcheck/spec"
)

// Small APIs that each hold one thing which is easily misread: of descriptions, of
// requests or of answers. Each is served as its description has it, by a handler that
// reads requests by itself, and then with a planted defect.

//go:embed testdata/small/requirements.yaml
var smallRequirements string

// smallAPI is one of them.
type smallAPI struct {
	kind     int // of easily misread things, in SMALL.md; 0 where it is in no list
	claim    string
	versions []string // of OpenAPI; nil for 3.0.3 and 3.1.0
	document string   // its paths and components
	right    small
	wrong    small
	fails    []string // obligations that fail with the defect, and no other
	words    string   // part of a finding with the defect; "" for any
	notes    string   // part of a note on what passes; "" for any
	dropped  string   // part of the reason of a case that is dropped; "" for any
}

// small answers the requests of a small API at its own paths.
type small func(r *http.Request, body string) smallAnswer

// smallAnswer is a response.
type smallAnswer struct {
	status int
	label  string // Content-Type, "" for none
	body   string
	header map[string]string
}

// says answers every request with JSON.
func says(body string) small {
	return func(*http.Request, string) smallAnswer { return smallAnswer{200, "application/json", body, nil} }
}

// takes carries requests out for which a reader has no objection.
func takes(objection func(r *http.Request, body string) string) small {
	return func(r *http.Request, body string) smallAnswer {
		if spec.JSON(r.Header.Get("Content-Type")) && (!utf8.ValidString(body) || !json.Valid([]byte(body))) {
			return refuses(400, "no JSON")
		}
		if why := objection(r, body); why != "" {
			return refuses(400, why)
		}
		return smallAnswer{200, "application/json", `{}`, nil}
	}
}

func refuses(status int, why string) smallAnswer {
	return smallAnswer{status, "application/json", fmt.Sprintf(`{"message": %q}`, why), nil}
}

// answersAt is an operation without parameters whose answer is of a schema, in flow style.
func answersAt(schema string) string {
	return `
paths:
  /x:
    get:
      operationId: it
      responses:
        "200": { description: ok, content: { application/json: { schema: ` + schema + ` } } }
        4XX: { $ref: "#/components/responses/E" }
` + smallErrors
}

// takesAt is an operation whose JSON body is of a schema, in flow style.
func takesAt(schema string) string {
	return `
paths:
  /x:
    post:
      operationId: it
      requestBody: { required: true, content: { application/json: { schema: ` + schema + ` } } }
      responses:
        "200": { description: ok }
        4XX: { $ref: "#/components/responses/E" }
` + smallErrors
}

const smallErrors = `
components:
  responses:
    E: { description: no, content: { application/json: { schema: { type: object, required: [message], properties: { message: { type: string } } } } } }
`

// certifySmall certifies a small API in this process.
func certifySmall(t *testing.T, version, document string, answer small) *run.Document {
	t.Helper()
	p := planSmall(t, version, document)
	d := p.Description
	f, err := settings.ParseFixtures([]byte("hosts: []\nwrites: ['*']\n"), "fixtures.yaml", os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(served(d, answer))
	t.Cleanup(server.Close)
	s := settings.Settings{
		Target: must(url.Parse(server.URL))(t), Fixtures: f, Concurrency: 4, Timeout: 30 * time.Second, BodyLimit: settings.DefaultBodyLimit, HeaderLimit: settings.DefaultHeaderLimit, RunID: "small",
	}
	client := exchange.New(s, d)
	defer client.Close()
	result, err := run.Start(t.Context(), p, client, run.Options{Settings: s, AllowUnexercised: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// served answers unknown paths with 404 and bodies of unknown media types with 415, and
// leaves all else to an API.
func served(d *spec.Description, answer small) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		a := refuses(404, "nothing is here")
		for _, o := range d.Operations {
			if o.Method == r.Method && pathOf(o.Path).MatchString(r.URL.Path) && !strings.HasSuffix(r.URL.Path, "-unknown") {
				known := o.Body == nil || len(data) == 0 || slices.ContainsFunc(o.Body.Content, func(c spec.Content) bool { return spec.Covers(c.MediaType, r.Header.Get("Content-Type")) })
				if a = refuses(415, "another media type"); known {
					a = answer(r, string(data))
				}
				break
			}
		}
		for name, value := range a.header {
			w.Header().Set(name, value)
		}
		w.Header()["Content-Type"] = nil
		if a.label != "" {
			w.Header().Set("Content-Type", a.label)
		}
		w.WriteHeader(a.status)
		if _, err := io.WriteString(w, a.body); err != nil {
			panic(http.ErrAbortHandler)
		}
	})
}

// pathOf is the paths of requests at a documented one.
func pathOf(documented string) *regexp.Regexp {
	path, _, _ := strings.Cut(documented, "?")
	return regexp.MustCompile("^" + regexp.MustCompile(`\\\{.*?\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
}

// checkSmall certifies small APIs as they are described, and with their defects.
func checkSmall(t *testing.T, list []smallAPI) {
	for _, api := range list {
		versions := api.versions
		if versions == nil {
			versions = []string{"3.0.3", "3.1.0"}
		}
		for _, version := range versions {
			t.Run(api.claim+" "+version, func(t *testing.T) {
				t.Parallel()
				sound := certifySmall(t, version, api.document, api.right)
				if failed := failuresOf(sound); len(failed) > 0 || sound.Cases == 0 {
					t.Errorf("sound, %s:\n%s", sound.Verdict, strings.Join(failed, "\n"))
				}
				for _, o := range sound.Obligations { // what the defect fails has to look at something where it passes
					if slices.Contains(api.fails, o.ID) && o.Outcome != verdict.Pass {
						t.Errorf("sound, %s is %v: %s", o.ID, o.Outcome, o.Why)
					}
				}
				if api.dropped != "" && !slices.ContainsFunc(sound.Dropped, func(d run.Dropped) bool { return strings.Contains(d.Reason, api.dropped) }) {
					t.Errorf("no case is dropped since %s: %v", api.dropped, sound.Dropped)
				}
				if api.notes != "" && !slices.ContainsFunc(sound.Obligations, func(o run.Obligation) bool {
					return slices.ContainsFunc(o.Notes, func(n run.Note) bool { return strings.Contains(n.Text.String(), api.notes) })
				}) {
					t.Errorf("no note says %s", api.notes)
				}
				if api.wrong == nil {
					return
				}
				broken := certifySmall(t, version, api.document, api.wrong)
				failed := failuresOf(broken)
				var ids []string
				for _, o := range broken.Obligations {
					if o.Outcome == verdict.Fail {
						ids = append(ids, o.ID)
					}
				}
				if !slices.Equal(ids, api.fails) {
					t.Errorf("with the defect %v fail, want %v:\n%s", ids, api.fails, strings.Join(failed, "\n"))
				}
				if !strings.Contains(strings.Join(failed, "\n"), api.words) {
					t.Errorf("no finding says %q:\n%s", api.words, strings.Join(failed, "\n"))
				}
			})
		}
	}
}

// failuresOf lists the findings of a document.
func failuresOf(d *run.Document) (list []string) {
	for _, o := range d.Obligations {
		if o.Outcome == verdict.Fail || o.Outcome == verdict.Broken {
			list = append(list, o.ID+": "+d.Result(o).Explain())
		}
	}
	return list
}
