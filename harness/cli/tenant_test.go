package cli

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/run"
)

// tenantDescription is of three lists, below a tenant in the path or beside one in a header.
func tenantDescription(before, security string) string {
	text := "openapi: 3.0.3\ninfo: { title: Tenants, version: \"1\" }\n" + security + "paths:\n"
	for _, name := range []string{"orders", "bills", "parcels"} {
		parameters := ""
		if before != "" {
			parameters = "      parameters: [ { name: tenant, in: path, required: true, schema: { type: string } } ]\n"
		}
		text += fmt.Sprintf(`  %s/%s:
    get:
      operationId: %[2]s
%s      responses:
        "200": { description: d, content: { application/json: { schema: { type: object } } } }
        4XX: { description: d, content: { application/json: { schema: { type: object } } } }
`, before, name, parameters)
	}
	return text
}

// TestSettings_Tenant: a tenant in the path or in a header that is not that of the keys is
// a mistake of the settings, found by few calls. One that is right is none, and an operation
// that fails by itself neither.
func TestSettings_Tenant(t *testing.T) {
	t.Parallel()
	const keys = "security: [{ Key: [] }]\ncomponents: { securitySchemes: { Key: { type: apiKey, in: header, name: X-Key } } }\n"
	for _, tt := range []struct {
		claim, description, fixtures string
		refusal                      int // of another tenant
		broken                       string
		code                         int
		says                         []string
	}{
		{"right, in the path", tenantDescription("/tenants/{tenant}", ""), "known: { tenant: acme }\n", 404, "", run.ExitPass, nil},
		{"one that nobody has, in the path", tenantDescription("/tenants/{tenant}", ""), "known: { tenant: acne }\n", 404, "", run.ExitUnclear, []string{`known.tenant: "acne"`, "answered 404", "nothing else was sent"}},
		{"somebody else's, in the path", tenantDescription("/tenants/{tenant}", keys), "credentials: { valid: { Key: k-0123456789 } }\nknown: { tenant: other }\n", 403, "", run.ExitUnclear, []string{"answered 403", "f.yaml"}},
		{"right, and one operation is not there", tenantDescription("/tenants/{tenant}", ""), "known: { tenant: acme }\n", 404, "bills", run.ExitFail, []string{"bills"}},
		{"right, in a header", tenantDescription("", keys), "credentials: { valid: { Key: k-0123456789 } }\nheaders: { X-Tenant: acme }\n", 403, "", run.ExitPass, nil},
		{"somebody else's, in a header", tenantDescription("", keys), "credentials: { valid: { Key: k-0123456789 } }\nheaders: { X-Tenant: other }\n", 403, "", run.ExitUnclear, []string{"headers.X-Tenant goes with them", "answered 403"}},
		{"somebody else's, in a header, without security", tenantDescription("", ""), "headers: { X-Tenant: other }\n", 403, "", run.ExitUnclear, []string{"check headers.X-Tenant in f.yaml", "answered 403"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				path, tenant := r.URL.Path, r.Header.Get("X-Tenant")
				if rest, below := strings.CutPrefix(path, "/tenants/"); below {
					tenant, path, _ = strings.Cut(rest, "/")
					path = "/" + path
				}
				status := http.StatusOK
				switch name := strings.TrimPrefix(path, "/"); {
				case strings.Contains(tt.description, "X-Key") && r.Header.Get("X-Key") != "k-0123456789":
					status = http.StatusUnauthorized
				case tenant != "acme":
					status = tt.refusal
				case name != "orders" && name != "bills" && name != "parcels" || name == tt.broken:
					status = http.StatusNotFound
				case r.Method != http.MethodGet:
					status = http.StatusMethodNotAllowed
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = w.Write([]byte("{}")) // the client may be gone
			}))
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"t.yaml": tt.description, "f.yaml": "hosts: []\n" + tt.fixtures})
			stdout, stderr, code := commandIn(t, dir, nil, "run", "--spec", "t.yaml", "--fixtures", "f.yaml", "--target", target, "--filter", "requirement:ANY-2XX")
			if code != tt.code {
				t.Errorf("exit code %d, want %d:\n%s%s", code, tt.code, stdout, stderr)
			}
			for _, words := range tt.says {
				if !strings.Contains(stdout, words) {
					t.Errorf("nothing says %s:\n%s", words, stdout)
				}
			}
			if n := requests.Load(); code == run.ExitUnclear && n > 12 {
				t.Errorf("%d requests were sent", n)
			}
		})
	}
}
