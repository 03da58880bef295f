package cli

import (
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"qorcheck/harness/sandbox"
	"qorcheck/spec"
)

// replaced alters a text and demands that there was something to alter.
func replaced(t *testing.T, text []byte, old, new string) string {
	t.Helper()
	if !strings.Contains(string(text), old) {
		t.Errorf("nothing to replace: %s", old)
	}
	return strings.Replace(string(text), old, new, 1)
}

// TestWrongUsage: what is wrong with a command line, a variable or a file is said
// with the setting, its value and what is allowed; nothing is sent, and the
// reports of an earlier run stay as they are.
func TestWrongUsage(t *testing.T) {
	fixtures, description, requirements := sandbox.Fixtures(""), spec.QorCommerce(), spec.QorCommerceRequirements()
	for _, tt := range []struct {
		claim string
		args  []string // TARGET stands for a target that listens
		env   []string
		files map[string]string
		says  []string
	}{
		{claim: "unknown command", args: []string{"certify"}, says: []string{"certify", "run, sandbox, version"}},
		{claim: "unknown flag of run", args: []string{"run", "--target", "TARGET", "--bogus"}, says: []string{"--bogus", "--concurrency"}},
		{claim: "unknown flag of plan", args: []string{"plan", "--out", "x"}, says: []string{"--out", "--json"}},
		{claim: "unknown flag of sandbox", args: []string{"sandbox", "--port", "80"}, says: []string{"--port", "--addr"}},
		{claim: "unknown flag of version", args: []string{"version", "--json"}, says: []string{"--json", "--help"}},
		{claim: "unknown short flag", args: []string{"run", "--target", "TARGET", "-x"}, says: []string{"-x", "--concurrency"}},
		{claim: "flag without its value", args: []string{"run", "--target", "TARGET", "--seed"}, says: []string{"--seed"}},
		{claim: "extra argument of run", args: []string{"run", "TARGET"}, says: []string{"TARGET", "flags"}},
		{claim: "extra argument of plan", args: []string{"plan", "everything"}, says: []string{"everything", "flags"}},
		{claim: "extra argument of sandbox", args: []string{"sandbox", "8080"}, says: []string{"8080", "flags"}},
		{claim: "extra argument of version", args: []string{"version", "all"}, says: []string{"all", "flags"}},

		{claim: "a timeout that is no duration", args: []string{"run", "--target", "TARGET", "--timeout", "soon"}, says: []string{"--timeout", "soon", "10s"}},
		{claim: "a timeout without a unit", args: []string{"run", "--target", "TARGET", "--timeout", "10"}, says: []string{"--timeout", "10", "10s"}},
		{claim: "a timeout of zero", args: []string{"run", "--target", "TARGET", "--timeout", "0s"}, says: []string{"--timeout", "0s", "10m"}},
		{claim: "a negative timeout", args: []string{"run", "--target", "TARGET", "--timeout", "-1s"}, says: []string{"--timeout", "-1s", "10m"}},
		{claim: "concurrency zero", args: []string{"run", "--target", "TARGET", "--concurrency", "0"}, says: []string{"--concurrency", "0", "1 to 1024"}},
		{claim: "concurrency of thousands", args: []string{"run", "--target", "TARGET", "--concurrency", "5000"}, says: []string{"--concurrency", "5000", "1 to 1024"}},
		{claim: "concurrency in words", args: []string{"run", "--target", "TARGET", "--concurrency", "many"}, says: []string{"--concurrency", "many", "number"}},
		{claim: "a negative seed", args: []string{"run", "--target", "TARGET", "--seed", "-1"}, says: []string{"--seed", "-1", "number"}},
		{claim: "a switch that is neither on nor off", args: []string{"run", "--target", "TARGET", "--strict=perhaps"}, says: []string{"--strict", "perhaps", "true"}},
		{claim: "a run id with a slash", args: []string{"run", "--target", "TARGET", "--run-id", "a/b"}, says: []string{"--run-id", "a/b", "letters, digits"}},
		{claim: "a run id that is too long", args: []string{"run", "--target", "TARGET", "--run-id", strings.Repeat("a", 65)}, says: []string{"--run-id", "64"}},

		{claim: "a rate without a unit", args: []string{"run", "--target", "TARGET", "--rate", "20"}, says: []string{"--rate", "20", "20/s or 30/m"}},
		{claim: "no rate at all", args: []string{"run", "--target", "TARGET", "--rate", "0/s"}, says: []string{"--rate", "0/s", "20/s or 30/m"}},
		{claim: "a rate in words, as a variable", args: []string{"run", "--target", "TARGET"}, env: []string{"QORCHECK_RATE=slow"}, says: []string{"QORCHECK_RATE", "slow", "20/s or 30/m"}},
		{claim: "a body limit of nothing", args: []string{"run", "--target", "TARGET", "--body-limit", "0"}, says: []string{"--body-limit", "0", "1 to"}},
		{claim: "a body limit of another unit", args: []string{"run", "--target", "TARGET", "--body-limit", "1GB"}, says: []string{"--body-limit", "1GB", "64KiB or 1MiB"}},
		{claim: "a header limit that no answer meets", args: []string{"run", "--target", "TARGET", "--header-limit", "10"}, says: []string{"--header-limit", "10", "1KiB to 64MiB"}},
		{claim: "trust where there is no TLS", args: []string{"run", "--target", "TARGET", "--insecure-skip-verify"}, says: []string{"--insecure-skip-verify", "https"}},
		{claim: "an authority for the embedded sandbox", args: []string{"run", "--ca-file", "f.pem"}, says: []string{"--ca-file", "https"}},
		{claim: "an authority that is not there", args: []string{"run", "--target", "https://127.0.0.1:1/v3", "--ca-file", "none.pem"}, says: []string{"--ca-file", "none.pem"}},
		{
			claim: "an authority that is none",
			args:  []string{"run", "--target", "https://127.0.0.1:1/v3", "--ca-file", "f.pem"},
			files: map[string]string{"f.pem": "hello"},
			says:  []string{"--ca-file", "f.pem", "PEM"},
		},
		{claim: "a client certificate without its key", args: []string{"run", "--target", "https://127.0.0.1:1/v3", "--client-cert", "c.pem"}, says: []string{"--client-cert", "c.pem", "--client-key"}},
		{claim: "a client key without its certificate", args: []string{"run", "--target", "https://127.0.0.1:1/v3", "--client-key", "k.pem"}, says: []string{"--client-key", "k.pem", "--client-cert"}},
		{claim: "a client certificate that is not there", args: []string{"run", "--target", "https://127.0.0.1:1/v3", "--client-cert", "c.pem", "--client-key", "k.pem"}, says: []string{"--client-cert", "c.pem"}},

		{claim: "a target that is no URL", args: []string{"run", "--target", "sandbox"}, says: []string{"--target", "sandbox", "http or https"}},
		{claim: "a target by ftp", args: []string{"run", "--target", "ftp://127.0.0.1/v3"}, says: []string{"--target", "ftp://127.0.0.1/v3", "http or https"}},
		{claim: "a target with a password", args: []string{"run", "--target", "http://ada:pa55word@127.0.0.1/v3"}, says: []string{"--target", "user"}},
		{claim: "a target with a query", args: []string{"run", "--target", "http://127.0.0.1/v3?a=b"}, says: []string{"--target", "query"}},
		{claim: "a target elsewhere without fixtures", args: []string{"run", "--target", "https://sandbox.example.test/v3"}, says: []string{"--target", "https://sandbox.example.test/v3", "--fixtures", "hosts"}},
		{claim: "a target elsewhere, planned without fixtures", args: []string{"plan", "--target", "https://sandbox.example.test/v3"}, says: []string{"--target", "https://sandbox.example.test/v3", "--fixtures", "hosts"}},
		{
			claim: "a target elsewhere that the fixtures do not name",
			args:  []string{"run", "--target", "https://sandbox.example.test/v3", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, "hosts: []", `hosts: ["other.example.test"]`)},
			says:  []string{"--target", "sandbox.example.test", "hosts", "f.yaml"},
		},
		{
			claim: "a target elsewhere whose port the fixtures do not name",
			args:  []string{"run", "--target", "https://sandbox.example.test/v3", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, "hosts: []", `hosts: ["sandbox.example.test:8443"]`)},
			says:  []string{"--target", "sandbox.example.test", "hosts", "f.yaml"},
		},
		{
			claim: "settling elsewhere",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, `"/control/settle"`, `"https://settle.example.test/now"`)},
			says:  []string{"settle.url", "settle.example.test", "hosts"},
		},

		{claim: "no fixtures file", args: []string{"run", "--target", "TARGET", "--fixtures", "none.yaml"}, says: []string{"--fixtures", "none.yaml"}},
		{claim: "no description file", args: []string{"run", "--target", "TARGET", "--spec", "none.yaml"}, says: []string{"--spec", "none.yaml"}},
		{claim: "no requirements file", args: []string{"run", "--target", "TARGET", "--requirements", "none.yaml"}, says: []string{"--requirements", "none.yaml"}},
		{
			claim: "an unknown key in the fixtures",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": string(fixtures) + "\nhostes: []\n"},
			says:  []string{"f.yaml", "hostes", "hosts, production"},
		},
		{
			claim: "an unknown key within the fixtures",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, "    refused:", "    rejected:")},
			says:  []string{"f.yaml", "rejected", "approved, refused"},
		},
		{
			claim: "an unknown role in the fixtures",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, "  no_rights:", "  norights:")},
			says:  []string{"f.yaml", "norights", "no_rights"},
		},
		{
			claim: "an unknown security scheme in the fixtures",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, "{ AppKey:", "{ AppKye:")},
			says:  []string{"f.yaml", "AppKye", "AppKey, ClientKey"},
		},
		{
			claim: "a variable in the fixtures that is not set",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, `"T5270812718615729135"`, `"${QC_TEST_NOT_SET}"`)},
			says:  []string{"f.yaml", "QC_TEST_NOT_SET", "not set"},
		},
		{
			claim: "a card that may not be sent",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, `creditcard: "4571000000000001"`, `creditcard: "4242424242424242"`)},
			says:  []string{"f.yaml", "triggers.card.approved.creditcard", "424242******4242", "test_cards"},
		},
		{
			claim: "something that cannot be exercised and is unknown",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, "cannot: {}", `cannot: { RH-999-1: "no" }`)},
			says:  []string{"f.yaml", "cannot", "RH-999-1"},
		},
		{
			claim: "a production environment",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": replaced(t, fixtures, "production: false", "production: true")},
			says:  []string{"f.yaml", "production: true"},
		},
		{
			claim: "an unknown key in the requirements",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": replaced(t, requirements, "    chapter: statuses", "    chaptre: statuses")},
			says:  []string{"--requirements", "r.yaml", "chaptre", "chapter"},
		},
		{
			claim: "an unknown check",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": replaced(t, requirements, "check: media-type", "check: mediatype")},
			says:  []string{"--requirements", "r.yaml", "mediatype", "media-type, message"},
		},
		{
			claim: "an unknown kind of cases",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": replaced(t, requirements, "cases: [unauthenticated.misplaced]", "cases: [anonymous]")},
			says:  []string{"r.yaml", "anonymous", "unauthenticated.missing"},
		},
		{
			claim: "an unknown operation",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": replaced(t, requirements, "webhooks-create]", "webhook-create]")},
			says:  []string{"r.yaml", "webhook-create", "webhooks-create"},
		},
		{
			claim: "an unknown level",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": replaced(t, requirements, "level: must", "level: shall")},
			says:  []string{"r.yaml", "shall", "must, should, may"},
		},
		{
			claim: "a requirement id that is there twice",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": replaced(t, requirements, "id: RH-403-2", "id: RH-403-1")},
			says:  []string{"r.yaml", "RH-403-1", "twice"},
		},
		{
			claim: "an unknown key in x-conformance",
			args:  []string{"run", "--target", "TARGET", "--spec", "s.yaml"},
			files: map[string]string{"s.yaml": replaced(t, description, "\n  idempotency:", "\n  idempotent:")},
			says:  []string{"--spec", "s.yaml", "x-conformance", "idempotent", "idempotency, later, merchant"},
		},
		{
			claim: "a pointer in x-conformance that is none",
			args:  []string{"run", "--target", "TARGET", "--spec", "s.yaml"},
			files: map[string]string{"s.yaml": replaced(t, description, "field: /resultCode", "field: resultCode")},
			says:  []string{"--spec", "s.yaml", "/outcome/0/field", "resultCode"},
		},
		{
			claim: "an invalid OpenAPI document",
			args:  []string{"run", "--target", "TARGET", "--spec", "s.yaml"},
			files: map[string]string{"s.yaml": "openapi: 3.0.3\ninfo: { title: nothing }\npaths: {}\n"},
			says:  []string{"--spec", "s.yaml", "OpenAPI"},
		},
		{
			claim: "a description that is not YAML",
			args:  []string{"run", "--target", "TARGET", "--spec", "s.yaml"},
			files: map[string]string{"s.yaml": "openapi: [3.0.3\n"},
			says:  []string{"--spec", "s.yaml"},
		},
		{
			claim: "fixtures that are not YAML",
			args:  []string{"run", "--target", "TARGET", "--fixtures", "f.yaml"},
			files: map[string]string{"f.yaml": "hosts: [\n"},
			says:  []string{"--fixtures", "f.yaml", "line"},
		},
		{
			claim: "requirements that are not YAML",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": "requirements: {\n"},
			says:  []string{"--requirements", "r.yaml", "line"},
		},
		{
			claim: "requirements that are empty",
			args:  []string{"run", "--target", "TARGET", "--requirements", "r.yaml"},
			files: map[string]string{"r.yaml": ""},
			says:  []string{"--requirements", "r.yaml", "empty"},
		},
		{
			claim: "a description of nothing",
			args:  []string{"run", "--target", "TARGET", "--spec", "s.yaml", "--requirements", "r.yaml", "--fixtures", "f.yaml"},
			files: map[string]string{
				"f.yaml": "hosts: []",
				"s.yaml": "{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {}}",
				"r.yaml": "{version: 1, name: n, pages: {p: ''}, requirements: [{id: R-1, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: all, check: media-type}]}",
			},
			says: []string{"--spec", "s.yaml", "r.yaml", "nothing would be certified"},
		},
		{
			claim: "a description whose keys are not the sandbox's",
			args:  []string{"plan", "--spec", "s.yaml", "--requirements", "r.yaml"},
			files: map[string]string{
				"s.yaml": "{openapi: 3.0.3, info: {title: t, version: '1'}, paths: {/a: {get: {responses: {'200': {description: d}}}}}}",
				"r.yaml": "{version: 1, name: n, pages: {p: ''}, requirements: [{id: R-1, level: must, chapter: statuses, clause: {page: p, text: t}, sentence: s, operations: all, check: media-type}]}",
			},
			says: []string{"the sandbox's fixtures", "allowed: none", "--spec usually goes with", "--fixtures of its own"},
		},
		{
			claim: "a description without a target",
			args:  []string{"run", "--spec", "s.yaml"},
			files: map[string]string{"s.yaml": string(description)},
			says:  []string{"--spec", "s.yaml", "--target"},
		},

		{claim: "a filter that matches nothing", args: []string{"run", "--target", "TARGET", "--filter", "operation:payments"}, says: []string{"--filter", "operation:payments", "operation:ID", "kind:NAME"}},
		{claim: "a planned filter that matches nothing", args: []string{"plan", "--filter", "requirement:RH-999-1"}, says: []string{"--filter", "requirement:RH-999-1", "requirement:ID"}},
		{claim: "a filter of bad syntax", args: []string{"run", "--target", "TARGET", "--filter", "operation:a && ("}, says: []string{"--filter", "operation:a && (", "label syntax"}},

		{claim: "an empty target", args: []string{"run", "--target", ""}, says: []string{`--target ""`, "it is empty", "base URL"}},
		{claim: "an empty target in a variable", args: []string{"run"}, env: []string{"QORCHECK_TARGET="}, says: []string{"it is empty", "base URL"}},
		{claim: "empty fixtures", args: []string{"run", "--target", "TARGET", "--fixtures", " "}, says: []string{`--fixtures " "`, "it is empty"}},
		{claim: "an empty name of a file", args: []string{"plan", "--requirements", ""}, says: []string{"--requirements", "it is empty"}},
		{claim: "an unknown variable", args: []string{"run", "--target", "TARGET"}, env: []string{"QORCHECK_CONCURENCY=4"}, says: []string{"QORCHECK_CONCURENCY", "QORCHECK_CONCURRENCY"}},
		{claim: "a bad value in a variable", args: []string{"run", "--target", "TARGET"}, env: []string{"QORCHECK_CONCURRENCY=many"}, says: []string{"QORCHECK_CONCURRENCY", "many", "number"}},
		{claim: "a value out of bounds in a variable", args: []string{"run", "--target", "TARGET"}, env: []string{"QORCHECK_CONCURRENCY=5000"}, says: []string{"concurrency", "5000", "1 to 1024"}},
		{claim: "a bad duration in a variable", args: []string{"run", "--target", "TARGET"}, env: []string{"QORCHECK_TIMEOUT=soon"}, says: []string{"QORCHECK_TIMEOUT", "soon", "10s"}},

		{
			claim: "reports where a file is in the way",
			args:  []string{"run", "--target", "TARGET", "--out", "taken"},
			files: map[string]string{"taken": "a file"},
			says:  []string{"--out", "taken", "directory"},
		},
		{
			claim: "reports below a file",
			args:  []string{"run", "--target", "TARGET", "--out", "taken/reports"},
			files: map[string]string{"taken": "a file"},
			says:  []string{"--out", "taken/reports", "directory"},
		},

		{claim: "an unknown JUnit profile", args: []string{"run", "--target", "TARGET", "--junit", "lax"}, says: []string{"--junit", "lax", "ci, strict"}},
		{claim: "an unknown JUnit profile of a report", args: []string{"report", "--junit", "lax"}, says: []string{"--junit", "lax", "ci, strict"}},
		{claim: "an unknown profile", args: []string{"run", "--target", "TARGET", "--profile", "core,cards"}, says: []string{"--profile", "cards", "ach, core"}},
		{claim: "a planned profile that is unknown", args: []string{"plan", "--profile", "cards"}, says: []string{"--profile", "cards", "ach, core"}},
		{claim: "no waivers file", args: []string{"run", "--target", "TARGET", "--waivers", "none.yaml"}, says: []string{"--waivers", "none.yaml"}},
		{claim: "a waiver that has ended", args: []string{"run", "--target", "TARGET", "--waivers", "w.yaml"}, files: map[string]string{"w.yaml": waiverOf("payment-void.RH-400-1", "2020-02-29")}, says: []string{"--waivers", "w.yaml", "payment-void.RH-400-1", "ended on 2020-02-29", "pat"}},
		{claim: "a waiver of nothing", args: []string{"run", "--target", "TARGET", "--waivers", "w.yaml"}, files: map[string]string{"w.yaml": waiverOf("payment-void.RH-999-1", "2999-12-31")}, says: []string{"--waivers", "w.yaml", "payment-void.RH-999-1"}},
		{claim: "a waiver that is not filled in", args: []string{"run", "--target", "TARGET", "--waivers", "w.yaml"}, files: map[string]string{"w.yaml": strings.Replace(waiverOf("payment-void.RH-400-1", "2999-12-31"), "pat", `""`, 1)}, says: []string{"--waivers", "owner", "missing"}},
		{claim: "waivers of one case", args: []string{"run", "--target", "TARGET", "--waivers", "w.yaml", "--case", "payment-void.not-found.path"}, files: map[string]string{"w.yaml": waiverOf("payment-void.RH-400-1", "2999-12-31")}, says: []string{"--waivers", "--case"}},
		{claim: "a shard beyond the last", args: []string{"run", "--target", "TARGET", "--shard", "5/4"}, says: []string{"--shard 5/4", "I from 1 to N", "2/4", "auto"}},
		{claim: "a shard counted from 0", args: []string{"run", "--target", "TARGET", "--shard", "0/4"}, says: []string{"--shard 0/4", "I from 1 to N"}},
		{claim: "a shard in words", args: []string{"run", "--target", "TARGET", "--shard", "half"}, says: []string{"--shard half", "I/N"}},
		{claim: "more shards than cases", args: []string{"run", "--target", "TARGET", "--shard", "9/9", "--filter", oneRead}, says: []string{"--shard 9/9", "cases"}},
		{claim: "a shard that no CI system says", args: []string{"run", "--target", "TARGET", "--shard", "auto"}, env: []string{"CI_NODE_INDEX=2", "CI_NODE_TOTAL=x"}, says: []string{"--shard auto", "CI_NODE_INDEX=2", "CI_NODE_TOTAL=x"}},
		{claim: "a merge of nothing", args: []string{"merge"}, says: []string{"merge", "shard1 shard2"}},
		{claim: "a merge of no run", args: []string{"merge", "nowhere", "--out", "m"}, says: []string{"nowhere", "no run found", "cases.ndjson"}},
		{claim: "a merge of what is no journal", args: []string{"merge", "out", "--out", "m"}, says: []string{"out: journal"}},
		{claim: "a merge into a shard", args: []string{"merge", "out", "--out", "./out"}, says: []string{"--out ./out", "one of the shards"}},
		{claim: "an unknown flag of merge", args: []string{"merge", "out", "--from", "x"}, says: []string{"--from", "--out"}},
		{claim: "a difference of one run", args: []string{"diff", "out"}, says: []string{"diff", "OLD and NEW", "got 1"}},
		{claim: "a difference of no run", args: []string{"diff", "nowhere", "out"}, says: []string{"OLD nowhere", "run.json"}},
		{claim: "a gate that is none", args: []string{"diff", "a", "b", "--gate", "new-failures,slower"}, says: []string{"--gate", "slower", "lost-coverage, new-failures"}},
		{claim: "a format of a difference that is none", args: []string{"diff", "a", "b", "--format", "junit"}, says: []string{"--format", "junit", "console, markdown, json"}},
		{claim: "a waiver for no run", args: []string{"waive", "--from", "nowhere"}, says: []string{"--from", "nowhere", "run.json"}},
		{claim: "quiet and verbose", args: []string{"run", "--target", "TARGET", "--quiet", "--verbose"}, says: []string{"quiet", "verbose"}},
		{claim: "an unknown format", args: []string{"report", "--format", "console,pdf"}, says: []string{"--format", "pdf", "json, junit"}},
		{claim: "no format", args: []string{"report", "--format", ""}, says: []string{"--format", "json, junit"}},
		{claim: "a report of no run", args: []string{"report", "--from", "nowhere"}, says: []string{"--from", "nowhere", "no run found", "run.json"}},
		{claim: "a report of a folder without a run", args: []string{"report", "--from", "."}, says: []string{"--from", "no run found", "run.json"}},
		{claim: "an unknown flag of report", args: []string{"report", "--target", "x"}, says: []string{"--target", "--format"}},
		{claim: "an extra argument of report", args: []string{"report", "out"}, says: []string{"out", "flags"}},
		{claim: "a sandbox that others would reach", args: []string{"sandbox", "--addr", "0.0.0.0:0"}, says: []string{"--addr", "0.0.0.0:0", "--any-address"}},
		{claim: "a sandbox at no address", args: []string{"sandbox", "--addr", "nowhere"}, says: []string{"--addr", "nowhere", "host:port"}},
		{claim: "a sandbox at a port that is taken", args: []string{"sandbox", "--addr", "HOST"}, says: []string{"--addr", "in use"}},
		{claim: "a defect that nobody knows", args: []string{"sandbox", "--addr", "127.0.0.1:0", "--defect", "reason-absent,keyless"}, says: []string{"--defect", `"keyless"`, "keyless-200"}},
		{claim: "mutants of which none matches", args: []string{"mutants", "--filter", "mutant:keyless"}, says: []string{"--filter", "mutant:keyless", "requirement:ID"}},
		{claim: "a filter of mutants that is none", args: []string{"mutants", "--filter", "("}, says: []string{"--filter", "label syntax"}},
		{claim: "no seed", args: []string{"mutants", "--seeds", "0"}, says: []string{"--seeds 0", "1 or more"}},
		{claim: "fewer than no clean seed", args: []string{"mutants", "--clean", "-1"}, says: []string{"--clean -1", "0 or more"}},
		{claim: "extra argument of mutants", args: []string{"mutants", "all"}, says: []string{"all", "flags"}},
		{claim: "a certificate without its key", args: []string{"sandbox", "--addr", "127.0.0.1:0", "--tls-cert", "c.pem"}, says: []string{"--tls-cert", "--tls-key"}},
		{claim: "a key without its certificate", args: []string{"sandbox", "--addr", "127.0.0.1:0", "--tls-key", "k.pem"}, says: []string{"--tls-cert", "--tls-key"}},
		{claim: "no certificate file", args: []string{"sandbox", "--addr", "127.0.0.1:0", "--tls-cert", "c.pem", "--tls-key", "k.pem"}, says: []string{"--tls-cert", "c.pem"}},
		{
			claim: "a state that is none",
			args:  []string{"sandbox", "--addr", "127.0.0.1:0", "--data", "state"},
			files: map[string]string{"state": "what is this\nreally\n"},
			says:  []string{"--data", "state"},
		},
		{claim: "fixtures that cannot be written", args: []string{"sandbox", "--addr", "127.0.0.1:0", "--fixtures-out", "none/f.yaml"}, says: []string{"--fixtures-out", "none/f.yaml"}},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			var connections atomic.Int32
			listener := listening(t, &connections)
			dir := t.TempDir()
			writeFiles(t, dir, tt.files)
			const earlier = "the report of an earlier run"
			if err := os.Mkdir(filepath.Join(dir, "out"), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"run.json", "report.html", "TEST-conformance.xml", "cases.ndjson"} {
				writeFiles(t, filepath.Join(dir, "out"), map[string]string{name: earlier})
			}
			before := listing(t, dir)

			args := make([]string, len(tt.args))
			for i, a := range tt.args {
				args[i] = strings.NewReplacer("TARGET", "http://"+listener+"/v3", "HOST", listener).Replace(a)
			}
			stdout, stderr, code := commandIn(t, dir, tt.env, args...)
			if code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			for _, word := range tt.says {
				if word = strings.Replace(word, "TARGET", listener, 1); !strings.Contains(stderr, word) {
					t.Errorf("stderr does not say %q", word)
				}
			}
			if stdout != "" {
				t.Errorf("stdout: %s", stdout)
			}
			if strings.Count(stderr, "\n") > 3 {
				t.Errorf("stderr is long")
			}
			if strings.Contains(stderr, "pa55word") {
				t.Error("stderr shows a password")
			}
			if n := connections.Load(); n != 0 {
				t.Errorf("%d connections were opened", n)
			}
			if after := listing(t, dir); after != before {
				t.Errorf("files were touched:\n%s\nbefore:\n%s", after, before)
			}
			if t.Failed() {
				t.Logf("stderr: %s", stderr)
			}
		})
	}
}

// listening accepts connections, counts them and answers each request 500.
func listening(t *testing.T, connections *atomic.Int32) string {
	t.Helper()
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				connections.Add(1)
			}
		},
		ErrorLog: quietLog,
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // ends with http.ErrServerClosed
	}()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return listener.Addr().String()
}

// listing tells the files of a folder with what is in them.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		b.WriteString(path + "\n" + string(data) + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
