package cli

import (
	_ "embed"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/settings"
	"qorcheck/harness/verdict"
)

//go:embed testdata/notes/zones.yaml
var zonesDescription string

// zonesServer issues tokens, and wants one and the header of a tenant in each request. It
// has one server, localhost.
type zonesServer struct {
	mu      sync.Mutex
	issued  int
	strange []string // requests that it could not place
}

const (
	zonesSecret = "s3cret-of-the-client"
	zonesTenant = "tenant-key-4711"
)

func (s *zonesServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := func(status int, text string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text) // the client may be gone
	}
	token, known := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer issued-token-")
	switch {
	case r.URL.Path == "/token":
		if id, secret, ok := r.BasicAuth(); !ok || id != "ada" || secret != zonesSecret {
			answer(401, `{"error": "invalid_client", "error_description": "unknown"}`)
			return
		}
		s.issued++
		answer(200, fmt.Sprintf(`{"access_token": "issued-token-%d", "token_type": "Bearer", "expires_in": 5}`, s.issued))
	case !strings.HasPrefix(r.URL.Path, "/v9/"):
		answer(404, `{"error": "no such version"}`)
	case r.Header.Get("X-Tenant") != zonesTenant:
		s.strange = append(s.strange, r.Method+" "+r.URL.Path+" without its tenant")
		answer(400, `{"error": "which tenant"}`)
	case !known || token == "" || strings.Trim(token, "0123456789") != "":
		answer(401, `{"error": "which token"}`)
	case r.URL.Path != "/v9/owners" && r.URL.Path != "/v9/servers/localhost/zones":
		answer(404, fmt.Sprintf(`{"error": "nothing is here, %s"}`, r.Header.Get("Authorization")))
	case r.Method != "GET":
		answer(405, `{"error": "not so"}`)
	default:
		answer(200, `["a"]`)
	}
}

// TestFixtures_OfAnyAPI: client credentials, a header of one's own, a base and a known
// value are enough for a server that wants all of them. No secret is shown, and what only
// a person or an unknown scheme can sign in to is inconclusive.
func TestFixtures_OfAnyAPI(t *testing.T) {
	t.Parallel()
	server := &zonesServer{}
	target := serve(t, server)
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"zones.yaml": zonesDescription, "f.yaml": `
oauth2: { Machine: { client_id: ada, client_secret: "${SECRET}", token_url: "` + target + `/token" } }
headers: { X-Tenant: "${TENANT}" }
base: /v9
known: { server_id: localhost }
`})
	stdout, stderr, code := commandIn(t, dir, []string{"SECRET=" + zonesSecret, "TENANT=" + zonesTenant}, "run", "--spec", "zones.yaml", "--fixtures", "f.yaml", "--target", target)
	if code != run.ExitUnclear {
		t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	for _, o := range readDocument(t, filepath.Join(dir, "out")).Obligations {
		reachable := o.Operation == "listZones" || o.Operation == "listOwners"
		why := map[string]string{"listPeople": "needs a token of Person, which only a log-in gives: add to f.yaml: credentials.valid: { Person: … }", "listDigests": "needs Digest, a credential of http digest, which is not supported"}[o.Operation]
		switch {
		case o.Outcome == verdict.NotApplicable:
		case reachable && o.Outcome != verdict.Pass:
			t.Errorf("%s is %s: %s", o.ID, o.Outcome, o.Why)
		case !reachable && (o.Outcome != verdict.Inconclusive || !strings.Contains(o.Why, why)):
			t.Errorf("%s is %s: %s, want %s", o.ID, o.Outcome, o.Why, why)
		}
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if server.issued < 2 || len(server.strange) > 0 {
		t.Errorf("%d tokens were issued, that ended after 5 s; %v", server.issued, server.strange)
	}
	shown := stdout + stderr
	if err := fs.WalkDir(os.DirFS(filepath.Join(dir, "out")), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			data, unread := os.ReadFile(filepath.Join(dir, "out", path))
			shown, err = shown+string(data), unread
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{zonesSecret, zonesTenant, "issued-token-1", fmt.Sprintf("issued-token-%d", server.issued)} {
		if strings.Contains(shown, secret) {
			t.Errorf("%s is shown", secret)
		}
	}
}

// TestFixtures_OfAnyAPI_Refused: a refusal of client credentials ends the run before it
// begins; what cannot be right is wrong usage.
func TestFixtures_OfAnyAPI_Refused(t *testing.T) {
	t.Parallel()
	target := serve(t, &zonesServer{})
	credentials := func(secret, more string) string {
		return `oauth2: { Machine: { client_id: ada, client_secret: "` + secret + `"` + more + ` } }`
	}
	for _, tt := range []struct {
		claim, fixtures string
		code            int
		says            string
	}{
		{"client credentials that are refused", credentials("wrong-secret-1", `, token_url: "`+target+`/token"`), run.ExitUnclear, "no access token for " + target + "/v9 (f.yaml): oauth2.Machine: the request for a token was answered 401 invalid_client"},
		{"a token URL that is no such", credentials(zonesSecret, `, token_url: "`+target+`/nowhere"`), run.ExitUnclear, "the request for a token was answered 404"},
		{"the host of a token URL that is not allowed", credentials(zonesSecret, ""), run.ExitUsage, `the host login.example.test of the token URL is not allowed`},
		{"a scheme that nothing has", strings.Replace(credentials(zonesSecret, ""), "Machine", "Machin", 1), run.ExitUsage, "oauth2.Machin: zones.yaml has no such security scheme; valid names: Machine, Person"},
		{"no secret", "oauth2: { Machine: { client_id: ada } }", run.ExitUsage, "oauth2.Machine: must have client_id and client_secret"},
		{"two ways", credentials(zonesSecret, "") + "\ncredentials: { valid: { Machine: token-of-mine } }", run.ExitUsage, "give one of the two"},
		{"a header that is made", "headers: { Content-Type: a/b }", run.ExitUsage, "headers.Content-Type: is made from the description"},
		{"a base that is no path", "base: v9", run.ExitUsage, `base: "v9": must be a path`},
		{"nothing", "hosts: []", run.ExitUsage, "credentials.valid lacks Machine"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			_, printed, code := certifyIn(t, map[string]string{"zones.yaml": zonesDescription, "f.yaml": tt.fixtures}, "--spec", "zones.yaml", "--fixtures", "f.yaml", "--target", target+"/v9")
			if code != tt.code || !strings.Contains(printed, tt.says) || strings.Contains(printed, "wrong-secret-1") || strings.Contains(printed, zonesSecret) {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, tt.code, tt.says, printed)
			}
		})
	}
}

// TestReadme_FixturesOfAnyAPI reads the fixtures that the README shows for other APIs.
func TestReadme_FixturesOfAnyAPI(t *testing.T) {
	t.Parallel()
	shown := block(readFile(t, filepath.Join(root, "spec", "ANOTHER_API.md")), "yaml", "oauth2:")
	f, err := settings.ParseFixtures([]byte(shown), "fixtures.yaml", func(name string) (string, bool) { return "value-of-" + name, true })
	if err != nil {
		t.Fatal(err)
	}
	if f.OAuth2["Machine"] == nil || f.Header("x-tenant") != "value-of-TENANT" || f.Base != "/v2" || f.Known["getPet.petId"][0].ID != "7" {
		t.Errorf("read: %+v", f)
	}
}
