package settings

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var theirs = map[string]string{
	"HOST": "pay.example.test", "SETTLE_PASS": "p@ss word/1", "SETTLE_KEY": "kx-4711-aa", "PIN": "7391",
	"PLACE": "hook-5b1e99", "WORD": "zebrafish", "PEM": "-----BEGIN X-----\nQUJDREVGR0hJSktMTU5PUA==\n-----END X-----",
}

func lookupTheirs(name string) (string, bool) {
	value, ok := theirs[name]
	return value, ok
}

// Whatever came from the environment is a secret, wherever it stands; so is what the
// file itself says under names that say so.
func TestFurtherSecrets(t *testing.T) {
	f, err := ParseFixtures([]byte(`
hosts: ["${HOST}"]
settle:
  method: POST
  url: "https://ops:literal-pass@${HOST}/settle?api_key=lit-query-1&mode=literal-mode&k=${SETTLE_KEY}"
  body: { client_secret: lit-secret-2, pin: "${PIN}", note: plain-note, id: "{transaction_id}", deep: [ { token: lit-token-3, pem: "${PEM}" } ] }
receiver: { listen: "127.0.0.1:0", address: "http://user:lit-pass-4@127.0.0.1/${PLACE}" }
merchants: { main: "${WORD}" }
`), "f.yaml", lookupTheirs)
	if err != nil {
		t.Fatal(err)
	}
	got := f.FurtherSecrets()
	for _, want := range []string{"literal-pass", "ops:literal-pass", "lit-query-1", "kx-4711-aa", "lit-secret-2", "7391", "lit-token-3", theirs["PEM"], "QUJDREVGR0hJSktMTU5PUA==", "lit-pass-4", "hook-5b1e99", "zebrafish"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is no secret", want)
		}
	}
	for _, not := range []string{"pay.example.test", "literal-mode", "plain-note", "{transaction_id}", "POST"} {
		if slices.Contains(got, not) {
			t.Errorf("%q is a secret", not)
		}
	}
}

// An error shows the variable and not its value, escaped or not, and no password of a URL.
func TestErrors_ShowNoSecret(t *testing.T) {
	for _, tt := range []struct{ claim, text, want string }{
		{"a URL that is none", `settle: { method: POST, url: "ftp://u:${SETTLE_KEY}@x" }`, "settle.url"},
		{"a literal password", `settle: { method: POST, url: "ftp://ops:literal-pass@x/settle" }`, "settle.url"},
		{"a listener that is none", `receiver: { listen: "${SETTLE_KEY}", address: "http://127.0.0.1" }`, "${SETTLE_KEY}"},
		{"an address that is none", `receiver: { listen: "127.0.0.1:0", address: "${WORD}" }`, "${WORD}"},
		{"a value of another type", `production: "${WORD}"`, "production"},
		{"an unknown key", `"${WORD}": 1`, "${WORD}"},
		{"a resource that is given twice", `known: { customer: [ { id: x, may: [ "${SETTLE_KEY}", "${SETTLE_KEY}" ] } ] }`, "${SETTLE_KEY}"},
	} {
		_, err := ParseFixtures([]byte(tt.text), "f.yaml", lookupTheirs)
		if err == nil {
			t.Errorf("%s: no error", tt.claim)
			continue
		}
		for _, secret := range []string{"kx-4711-aa", "literal-pass", "zebrafish"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %s", tt.claim, err)
			}
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %s does not say %s", tt.claim, err, tt.want)
		}
	}
	f, err := ParseFixtures([]byte(`merchants: { main: "${SETTLE_PASS}" }`), "f.yaml", lookupTheirs)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.WithoutSecrets(errors.New(`https://u:p%40ss%20word%2F1@x and p%40ss+word%2F1 and p@ss word/1`)).Error(); strings.Contains(got, "ss") && strings.Contains(got, "word") {
		t.Error(got)
	}
	plain := errors.New("nothing to hide")
	if f.WithoutSecrets(plain) != plain || (*Fixtures)(nil).WithoutSecrets(plain) != plain {
		t.Error("an error without a secret is another one")
	}
}
