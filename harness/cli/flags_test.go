package cli

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/pflag"

	"qorcheck/harness/run"
	"qorcheck/harness/verdict"
	"qorcheck/suites"
)

// effect shows what a flag does: observe tells what came of a command line, and
// tells want if and only if the setting has its value.
type effect struct {
	value, other string   // the value that has the effect, and one that has not
	with         []string // further arguments
	want         string
	observe      func(t *testing.T, dir string, env, args []string) string
}

const oneRead = "operation:webhooks_list && requirement:RH-200-1"

// effects of every flag of every command. In arguments and values DIR stands for
// a folder with the files of effectFiles.
func effects() map[string]effect {
	return map[string]effect{
		"run --target": {
			value: "SANDBOX", other: "http://127.0.0.1:1/v3", with: []string{"--filter", oneRead},
			want: "exit 0, asked true", observe: func(t *testing.T, dir string, env, args []string) string {
				var requests atomic.Int32
				inner := newSandbox(t)
				url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					requests.Add(1)
					inner.ServeHTTP(w, r)
				})) + "/v3"
				for _, list := range [][]string{env, args} {
					for i := range list {
						list[i] = strings.Replace(list[i], "SANDBOX", url, 1)
					}
				}
				_, _, code := commandIn(t, dir, env, args...)
				return fmt.Sprintf("exit %d, asked %t", code, requests.Load() > 0)
			},
		},
		"run --fixtures": {
			value: "DIR/cannot.yaml", other: "DIR/fixtures.yaml", with: []string{"--filter", "operation:webhooks_list && kind:valid || operation:webhooks_list && kind:unauthenticated"},
			want: "1 unsupported", observe: document(func(d *run.Document) string { return fmt.Sprint(d.Counts.Unsupported, " unsupported") }),
		},
		"run --spec": {
			value: "DIR/spec.yaml", other: "DIR/original.yaml", with: []string{"--filter", oneRead, "--target", "SANDBOX"},
			want: "Another API 3.0", observe: document(func(d *run.Document) string { return d.API }),
		},
		"run --requirements": {
			value: "DIR/requirements.yaml", other: "DIR/all.yaml", with: []string{"--filter", "operation:webhooks_list"},
			want: "Two sentences, 2 obligations", observe: document(func(d *run.Document) string { return fmt.Sprintf("%s, %d obligations", d.Name, d.Planned) }),
		},
		"run --filter": {
			value: oneRead, other: "requirement:RH-201-1",
			want: "1 webhooks-list.RH-200-1", observe: document(func(d *run.Document) string { return fmt.Sprint(d.Planned, " ", d.Obligations[0].ID) }),
		},
		"run --case": {
			value: "webhooks-list.not-found.path", other: "webhooks-list.unauthenticated.missing.all",
			want: "webhooks-list.not-found.path alone", observe: func(t *testing.T, dir string, env, args []string) string {
				commandIn(t, dir, env, args...)
				var line struct{ Case string }
				_, journal, _ := strings.Cut(readFile(t, filepath.Join(dir, "out", "cases.ndjson")), "\n") // behind the first line
				journal, _, _ = strings.Cut(journal, `{"end"`)
				if err := json.Unmarshal([]byte(journal), &line); err != nil { // also where there is more than one line
					return err.Error()
				}
				return line.Case + " alone"
			},
		},
		"run --seed": {
			value: "8", other: "1", with: []string{"--filter", "operation:payment-capture && requirement:RH-400-2"},
			want: "seed 8, its plan", observe: func(t *testing.T, dir string, env, args []string) string {
				commandIn(t, dir, env, args...)
				d := readDocument(t, filepath.Join(dir, "out"))
				p := must(suites.Select(must(newPlan(8))(t), d.Filter))(t)
				if other := must(suites.Select(builtInPlan(t), d.Filter))(t); other.Digest == p.Digest {
					t.Error("two seeds give one plan")
				}
				plan := "its plan"
				if d.Digests.Plan != p.Digest {
					plan = "another plan"
				}
				return fmt.Sprintf("seed %d, %s", d.Seed, plan)
			},
		},
		"run --out": {
			value: "DIR/reports/here", other: "DIR/elsewhere", with: []string{"--filter", oneRead},
			want: "cases.ndjson run.json report.html TEST-conformance.xml", observe: func(t *testing.T, dir string, env, args []string) string {
				commandIn(t, dir, env, args...)
				var found []string
				for _, name := range []string{"cases.ndjson", "run.json", "report.html", "TEST-conformance.xml"} {
					if _, err := os.Stat(filepath.Join(dir, "reports", "here", name)); err == nil {
						found = append(found, name)
					}
				}
				return strings.Join(found, " ")
			},
		},
		"run --message-wait": {value: "0s", other: "1s", with: []string{"--filter", oneRead}, want: "exit 2", observe: exitCode},
		"run --quiet-window": {value: "0s", other: "1s", with: []string{"--filter", oneRead}, want: "exit 2", observe: exitCode},
		"run --concurrency": {
			value: "3", other: "2", with: []string{"--filter", "operation:webhooks_list && requirement:RH-403-1", "--timeout", "2s", "--target", "SANDBOX"},
			want: "exit 0, 3 at once", observe: func(t *testing.T, dir string, env, args []string) string {
				meeting := &meeting{inner: newSandbox(t), want: 3, met: make(chan struct{})}
				for i := range args {
					args[i] = strings.Replace(args[i], "SANDBOX", serve(t, meeting)+"/v3", 1)
				}
				_, _, code := commandIn(t, dir, env, args...)
				return fmt.Sprintf("exit %d, %d at once", code, meeting.most)
			},
		},
		"run --timeout": {
			value: "250ms", other: "350ms", with: []string{"--filter", oneRead, "--target", "SANDBOX"},
			want: "exit 3, within 250ms", observe: func(t *testing.T, dir string, env, args []string) string {
				for i := range args {
					args[i] = strings.Replace(args[i], "SANDBOX", serve(t, http.HandlerFunc(silent))+"/v3", 1)
				}
				stdout, _, code := commandIn(t, dir, env, args...)
				_, within, _ := strings.Cut(stdout, "no answer within ")
				within, _, _ = strings.Cut(within, ";")
				return fmt.Sprintf("exit %d, within %s", code, within)
			},
		},
		"run --rate": {
			value: "3000/m", other: "", with: []string{"--filter", oneRead, "--target", "SANDBOX"},
			want: "50/s", observe: document(func(d *run.Document) string { return d.Rate }),
		},
		"run --body-limit": {
			value: "10", other: "1MiB", with: []string{"--filter", "operation:webhooks_list && requirement:RH-200-2", "--target", "SANDBOX"},
			want: "exit 3", observe: overTLS(nil),
		},
		"run --header-limit": {
			value: "1KiB", other: "1MiB", with: []string{"--filter", oneRead, "--target", "SANDBOX"},
			want: "exit 3", observe: overTLS(nil),
		},
		"run --ca-file": {
			value: "DIR/cert.pem", other: "DIR/other.pem", with: []string{"--filter", oneRead, "--target", "TLS"},
			want: "exit 0", observe: overTLS(&tls.Config{}),
		},
		"run --client-cert": {
			value: "DIR/cert.pem", other: "DIR/other.pem", with: []string{"--client-key", "DIR/key.pem", "--ca-file", "DIR/cert.pem", "--filter", oneRead, "--target", "TLS"},
			want: "exit 0", observe: overTLS(&tls.Config{ClientAuth: tls.RequireAnyClientCert}),
		},
		"run --client-key": {
			value: "DIR/key.pem", other: "DIR/other.key", with: []string{"--client-cert", "DIR/cert.pem", "--ca-file", "DIR/cert.pem", "--filter", oneRead, "--target", "TLS"},
			want: "exit 0", observe: overTLS(&tls.Config{ClientAuth: tls.RequireAnyClientCert}),
		},
		"run --insecure-skip-verify": {
			value: "true", other: "false", with: []string{"--filter", oneRead, "--target", "TLS"},
			want: "exit 0, said", observe: overTLS(&tls.Config{}),
		},
		"run --run-id": {
			value: "lasting-1", other: "other-1", with: []string{"--filter", "operation:payment-sale-manual && requirement:RH-200-1", "--target", "SANDBOX"},
			want: "exit 0 and then 1, run lasting-1", observe: func(t *testing.T, dir string, env, args []string) string {
				url := serve(t, newSandbox(t)) + "/v3"
				for i := range args {
					args[i] = strings.Replace(args[i], "SANDBOX", url, 1)
				}
				_, _, first := commandIn(t, dir, env, args...)
				_, _, second := commandIn(t, dir, env, args...) // its order ids are used
				return fmt.Sprintf("exit %d and then %d, run %s", first, second, readDocument(t, filepath.Join(dir, "out")).RunID)
			},
		},
		"run --shard": {
			value: "2/2", other: "1/2", with: []string{"--filter", "operation:webhooks_list"},
			want: "shard 2 of 2", observe: document(func(d *run.Document) string { return fmt.Sprint("shard ", d.Shard) }),
		},
		"run --resume": {
			value: "DIR/begun", other: "DIR/nowhere",
			want: "exit 0, complete", observe: func(t *testing.T, dir string, env, args []string) string {
				commandIn(t, dir, nil, "run", "--filter", oneRead, "--out", "begun")
				_, stderr, code := commandIn(t, dir, env, args...)
				if strings.Contains(stderr, "begun: the run is complete, nothing is sent") {
					return fmt.Sprintf("exit %d, complete", code)
				}
				return fmt.Sprintf("exit %d", code)
			},
		},
		"run --strict": {
			value: "true", other: "false", with: []string{"--filter", "operation:payment-sale-manual && requirement:RH-200-7", "--target", "SANDBOX"},
			want: "exit 1", observe: func(t *testing.T, dir string, env, args []string) string {
				url := broken(t, "empty-reason-on-success")
				for i := range args {
					args[i] = strings.Replace(args[i], "SANDBOX", url, 1)
				}
				stdout, _, code := commandIn(t, dir, env, args...)
				if code == 0 && !strings.Contains(stdout, "warning") {
					t.Errorf("a failed should is no warning:\n%s", stdout)
				}
				return fmt.Sprint("exit ", code)
			},
		},
		"run --allow-unexercised": {
			value: "true", other: "false", with: []string{"--fixtures", "DIR/lacking.yaml", "--filter", "operation:webhooks_list && (requirement:RH-200-1 || requirement:RH-403-2)"},
			want: "exit 0, said true", observe: func(t *testing.T, dir string, env, args []string) string {
				stdout, _, code := commandIn(t, dir, env, args...)
				return fmt.Sprintf("exit %d, said %t", code, strings.Contains(stdout, "--allow-unexercised"))
			},
		},

		"run --junit": {
			value: "strict", other: "ci", with: []string{"--filter", oneRead},
			want: "true", observe: inJUnit(` package="conformance"`),
		},
		"run --junit-cases": {
			value: "true", other: "false", with: []string{"--filter", oneRead},
			want: "true", observe: inJUnit(`name="webhooks-list.valid.required"`),
		},

		"run --html-split": {
			value: "true", other: "false", with: []string{"--filter", oneRead},
			want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
				commandIn(t, dir, env, args...)
				_, err := os.Stat(filepath.Join(dir, "out", "report.css"))
				return fmt.Sprint(err == nil)
			},
		},
		"run --profile": {value: "core,ach", other: "payments", with: []string{"--filter", "operation:payment-void"}, want: "core,ach, some unsupported", observe: document(func(d *run.Document) string {
			some := "none"
			for _, o := range d.Obligations {
				if o.Outcome == verdict.Unsupported && strings.HasPrefix(o.Why, "of the profile payments, outside core, ach") {
					some = "some"
				}
			}
			return d.Profile + ", " + some + " unsupported"
		})},
		"run --waivers": {value: "DIR/waivers.yaml", other: "DIR/none.yaml", with: []string{"--filter", oneRead}, want: "exit 1, said true", observe: func(t *testing.T, dir string, env, args []string) string {
			stdout, _, code := commandIn(t, dir, env, args...)
			return fmt.Sprintf("exit %d, said %t", code, strings.Contains(stdout, "webhooks-list.RH-200-1: it passes although it is waived"))
		}},
		"plan --profile": {value: "core", other: "payments", with: []string{"--filter", "operation:payment-void"}, want: "true", observe: says("unsupported: of the profile payments, outside core")},

		"diff --gate": {value: "lost-coverage", other: "new-failures", with: []string{"DIR/failing", "DIR/clean"}, want: "exit 1, stopped true", observe: func(t *testing.T, dir string, env, args []string) string {
			runsIn(t, dir)
			stdout, _, code := commandIn(t, dir, env, args...)
			return fmt.Sprintf("exit %d, stopped %t", code, strings.Contains(stdout, "STOPPED: "))
		}},
		"diff --format": {value: "json", other: "console", with: []string{"DIR/clean", "DIR/failing"}, want: "true", observe: reportSays(`"newlyFailing": [`)},

		"waive --from":       {value: "DIR/failing", other: "DIR/clean", want: "true", observe: reportSays("  - obligation: payment-void.RH-400-1\n")},
		"waive --obligation": {value: "payment-void.RH-400-1", other: "payment-void.RH-400-2", with: []string{"--from", "DIR/failing"}, want: "true", observe: reportSays("obligation: payment-void.RH-400-1\n")},
		"waive --reason":     {value: "known", other: "so", with: []string{"--from", "DIR/failing"}, want: "true", observe: reportSays(`    reason: "known"`)},
		"waive --owner":      {value: "pat", other: "kim", with: []string{"--from", "DIR/failing"}, want: "true", observe: reportSays(`    owner: "pat"`)},
		"waive --link":       {value: "https://a.example.test", other: "https://b.example.test", with: []string{"--from", "DIR/failing"}, want: "true", observe: reportSays(`    link: "https://a.example.test"`)},
		"waive --until":      {value: "2999-12-31", other: "2999-12-30", with: []string{"--from", "DIR/failing"}, want: "true", observe: reportSays(`    until: "2999-12-31"`)},

		"run --quiet": {value: "true", other: "false", with: []string{"--filter", oneRead}, want: "PASSED: 1 of 1 obligations passed; filter " + oneRead + "\n and ", observe: outputs},
		"run --verbose": {value: "true", other: "false", with: []string{"--filter", oneRead}, want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
			_, stderr, code := commandIn(t, dir, env, args...)
			if strings.Contains(stderr, fixturesOf(t).Credential("valid", "AppKey")) {
				t.Error("a key is shown")
			}
			return fmt.Sprint(code == 0 && strings.Contains(stderr, "webhooks-list.valid.required: pass\n  webhooks_list, ") &&
				strings.Contains(stderr, "\n    > GET http://127.0.0.1") && strings.Contains(stderr, "\n    > Qor-App-Key: $APP_KEY\n") && strings.Contains(stderr, "\n    < HTTP/1.1 200 OK\n"))
		}},

		"merge --out": {value: "DIR/whole", other: "DIR/elsewhere", with: []string{"DIR/shard1", "DIR/shard2"}, want: "run.json true", observe: merging(func(dir, _, _ string) string {
			_, err := os.Stat(filepath.Join(dir, "whole", "run.json"))
			return fmt.Sprint("run.json ", err == nil)
		})},
		"merge --quiet": {value: "true", other: "false", with: []string{"DIR/shard1", "DIR/shard2"}, want: "PASSED: ", observe: merging(func(_, stdout, stderr string) string { return stdout[:len("PASSED: ")] + stderr })},
		"merge --junit": {value: "strict", other: "ci", with: []string{"DIR/shard1", "DIR/shard2", "--out", "DIR/out"}, want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
			shardsIn(t, dir)
			return inJUnit(` package="conformance"`)(t, dir, env, args)
		}},
		"merge --junit-cases": {value: "true", other: "false", with: []string{"DIR/shard1", "DIR/shard2", "--out", "DIR/out"}, want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
			shardsIn(t, dir)
			return inJUnit(`name="webhooks-list.valid.required"`)(t, dir, env, args)
		}},

		"merge --html-split": {value: "true", other: "false", with: []string{"DIR/shard1", "DIR/shard2", "--out", "DIR/out"}, want: "report.js true", observe: merging(func(dir, _, _ string) string {
			_, err := os.Stat(filepath.Join(dir, "out", "report.js"))
			return fmt.Sprint("report.js ", err == nil)
		})},

		"report --from":        {value: "DIR/failing", other: "DIR/clean", want: "true", observe: reportSays("FAILED: ")},
		"report --format":      {value: "junit,json", other: "console", with: []string{"--from", "DIR/clean", "--out", "-"}, want: "true", observe: reportSays("</testsuites>\n{\n")},
		"report --out":         {value: "-", other: "DIR/new", with: []string{"--from", "DIR/clean", "--format", "json"}, want: "true", observe: reportSays(`"runId": "finished"`)},
		"report --junit":       {value: "strict", other: "ci", with: []string{"--from", "DIR/clean", "--format", "junit", "--out", "-"}, want: "true", observe: reportSays(` package="conformance"`)},
		"report --html-split":  {value: "true", other: "false", with: []string{"--from", "DIR/clean", "--format", "html", "--out", "-"}, want: "true", observe: reportSays(`<script src="report.js">`)},
		"report --junit-cases": {value: "true", other: "false", with: []string{"--from", "DIR/clean", "--format", "junit", "--out", "-"}, want: "true", observe: reportSays(`name="webhooks-list.valid.required"`)},

		"plan --target": {
			value: "https://sandbox.example.test/v3", other: "http://127.0.0.1:1/v3",
			want: "exit 2", observe: func(t *testing.T, dir string, env, args []string) string {
				_, _, code := commandIn(t, dir, env, args...)
				return fmt.Sprint("exit ", code)
			},
		},
		"plan --fixtures":     {value: "DIR/cannot.yaml", other: "DIR/fixtures.yaml", want: "true", observe: says("unsupported: not here")},
		"plan --spec":         {value: "DIR/spec.yaml", other: "DIR/original.yaml", want: "true", observe: says(" EUR in ")},
		"plan --requirements": {value: "DIR/requirements.yaml", other: "DIR/all.yaml", want: "true", observe: says(".A-2, must]")},
		"plan --filter":       {value: oneRead, other: "operation:webhooks_list", want: "true", observe: says("\n1 obligations,")},
		"plan --seed":         {value: "9", other: "2", with: []string{"--json"}, want: "true", observe: says(`"seed": 9`)},
		"plan --json":         {value: "true", other: "false", want: "true", observe: says(`"obligations": [`)},

		"plan --case":     {value: "webhooks-list.not-found.path", other: "webhooks-list.unauthenticated.missing.all", want: "true", observe: says("webhooks-list.not-found.path: ")},
		"plan --coverage": {value: "true", other: "false", want: "true", observe: says("KEYWORD")},
		"plan --dropped":  {value: "true", other: "false", want: "false", observe: says("nothing was sent")},

		"mutants --filter": {value: "mutant:error-code-empty", other: "mutant:404-as-400", with: []string{"--clean", "0"}, want: "error-code-empty 1", observe: rows},
		"mutants --seed":   {value: "3", other: "2", with: []string{"--clean", "0", "--filter", "mutant:wrong-field-type"}, want: "wrong-field-type 3", observe: rows},
		"mutants --seeds":  {value: "2", other: "1", with: []string{"--clean", "0", "--filter", "mutant:wrong-field-type"}, want: "wrong-field-type 1, wrong-field-type 2", observe: rows},
		"mutants --clean":  {value: "1", other: "0", with: []string{"--filter", "mutant:wrong-field-type"}, want: "wrong-field-type 1, the sound one 1", observe: rows},
		"mutants --out": {value: "DIR/made", other: "DIR/elsewhere", with: []string{"--clean", "0", "--filter", "mutant:wrong-field-type"}, want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
			commandIn(t, dir, env, args...)
			_, err := os.Stat(filepath.Join(dir, "made", "mutants.json"))
			return fmt.Sprint(err == nil)
		}},
		"mutants --all": {value: "true", other: "false", with: []string{"--clean", "0", "--filter", "mutant:wrong-field-type"}, want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
			return fmt.Sprint(readMatrix(t, dir, env, args).Rows[0].Asked == len(builtInPlan(t).Obligations))
		}},

		"requirements --json":         {value: "true", other: "false", want: "true", observe: says(`"requirements": [`)},
		"requirements --markdown":     {value: "true", other: "false", want: "true", observe: says("## Statements")},
		"requirements --requirements": {value: "DIR/requirements.yaml", other: "DIR/all.yaml", want: "true", observe: says("2 requirements tested on 28 operations")},
		"requirements --spec":         {value: "DIR/spec.yaml", other: "DIR/original.yaml", want: "true", observe: says("operations of Another API 3.0, ")},

		"sandbox --addr":         {value: "127.0.0.1:0", other: "nowhere", want: "url http", observe: serving("url")},
		"sandbox --data":         {value: "DIR/state", other: "DIR/otherstate", with: []string{"--addr", "127.0.0.1:0"}, want: "true", observe: written("state")},
		"sandbox --fixtures-out": {value: "DIR/made.yaml", other: "DIR/other.yaml", with: []string{"--addr", "127.0.0.1:0"}, want: "true", observe: written("made.yaml")},
		"sandbox --tls-cert":     {value: "DIR/cert.pem", other: "DIR/none.pem", with: []string{"--addr", "127.0.0.1:0", "--tls-key", "DIR/key.pem"}, want: "url https", observe: serving("url")},
		"sandbox --tls-key":      {value: "DIR/key.pem", other: "DIR/none.pem", with: []string{"--addr", "127.0.0.1:0", "--tls-cert", "DIR/cert.pem"}, want: "url https", observe: serving("url")},
		"sandbox --defect": {value: "403-for-401", other: "reason-absent", with: []string{"--addr", "127.0.0.1:0"}, want: "status 403", observe: func(t *testing.T, dir string, env, args []string) string {
			status := 0
			sandboxOnce(t, dir, env, args, func(printed map[string]string) {
				response, err := http.Get(printed["url"] + "/webhook")
				if err != nil {
					t.Error(err)
					return
				}
				defer response.Body.Close()
				status = response.StatusCode
			})
			return fmt.Sprint("status ", status)
		}},
		"sandbox --list-defects": {value: "true", other: "false", with: []string{"--addr", "nowhere"}, want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
			stdout, _, code := commandIn(t, dir, env, args...)
			return fmt.Sprint(code == 0 && strings.Contains(stdout, "charge-despite-400  "))
		}},
		// an address for documentation, which no machine has: it is allowed, and cannot be listened on
		"sandbox --any-address": {value: "true", other: "false", with: []string{"--addr", "192.0.2.1:0"}, want: "true", observe: func(t *testing.T, dir string, env, args []string) string {
			_, stderr, code := commandIn(t, dir, env, args...)
			return fmt.Sprint(code == 2 && !strings.Contains(stderr, "--any-address"))
		}},
	}
}

// TestEveryFlagHasItsEffect: a flag that nothing reads is a bug. Each setting works
// as a variable, and as a flag against the variable.
func TestEveryFlagHasItsEffect(t *testing.T) {
	rows := effects()
	for _, c := range commands(&process{}) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			name := c.Name() + " --" + f.Name
			row, ok := rows[name]
			if !ok {
				t.Errorf("no test shows the effect of %s", name)
				return
			}
			delete(rows, name)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				try := func(env, args []string) string {
					dir := effectFiles(t)
					placed := func(list ...string) []string {
						made := make([]string, len(list))
						for i := range list {
							made[i] = strings.ReplaceAll(list[i], "DIR", dir)
						}
						return made
					}
					args = append([]string{c.Name()}, append(append([]string{}, row.with...), args...)...)
					return row.observe(t, dir, placed(env...), placed(args...))
				}
				as := func(value string) string { return "--" + f.Name + "=" + value }
				if got := try([]string{variable(f.Name) + "=" + row.value}, nil); got != row.want {
					t.Errorf("%s as a variable: %s, want %s", as(row.value), got, row.want)
				}
				if got := try([]string{variable(f.Name) + "=" + row.value}, []string{as(row.other)}); got == row.want {
					t.Errorf("%s as a flag, against the variable: %s all the same", as(row.other), got)
				}
			})
		})
	}
	for name := range rows {
		t.Errorf("a test is for %s, which does not exist", name)
	}
}
