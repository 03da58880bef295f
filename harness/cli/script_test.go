package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"

	"qorcheck/harness/sandbox"
	"qorcheck/spec"
)

// TestScripts runs the sessions in testdata/script. Beside the commands of testscript
// itself they have:
//
//	qorcheck [NAME=value]... COMMAND...   it ends with exit code 0
//	! qorcheck ...                        wrong usage: exit code 2, with a short message and nothing on
//	                                      standard output; no connection was opened, no file touched
//	exits CODE qorcheck ...               it ends with this exit code
//	says WORD...                          standard error of the last command holds each word
//	prints WORD...                        standard output does; both with ! before it: none
//	edit FROM TO OLD NEW                  copies a file, with NEW in the place of OLD
//	capture NAME FILE REGEXP              sets a variable to what the group of an expression matches
//	serve KIND [DEFECT]                   serves a target at $SANDBOX: sandbox, long-header, acme-only, tls,
//	                                      tls-client, silent or meeting
//	asked                                 $SANDBOX got a request since it was asked for last; with !: none
//	atonce N                              at most this many requests were under way at once
//	finished clean|failing                makes the folder of a finished run
//	start [NAME=value]... sandbox ...     starts a sandbox; its base URL is in $URL; stop ends it
//	get STATUS URL                        requests a URL, which answers with this status
//
// $TARGET is the base URL of a target that counts connections and answers 500, $HOST its
// host and port. fixtures.yaml, spec.yaml and requirements.yaml are those that are built in;
// cert.pem and key.pem, other.pem and other.key are two certificates with their keys.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, scripts(t, scriptFolder))
}

var scriptFolder = filepath.Join("testdata", "script")

// scripts are the sessions of a folder.
func scripts(t *testing.T, dir string) testscript.Params {
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		ContinueOnError:     true, // each claim that does not hold is shown
		Setup:               func(env *testscript.Env) error { return startSession(t, env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"qorcheck": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg {
					sessionOf(ts).refused(ts, args)
					return
				}
				sessionOf(ts).exits(ts, 0, args)
			},
			"exits": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 || args[1] != "qorcheck" {
					ts.Fatalf("usage: exits CODE qorcheck ...")
				}
				code, err := strconv.Atoi(args[0])
				ts.Check(err)
				sessionOf(ts).exits(ts, code, args[2:])
			},
			"says":     func(ts *testscript.TestScript, neg bool, words []string) { holds(ts, "stderr", neg, words) },
			"prints":   func(ts *testscript.TestScript, neg bool, words []string) { holds(ts, "stdout", neg, words) },
			"edit":     edit,
			"capture":  capture,
			"serve":    func(ts *testscript.TestScript, _ bool, args []string) { sessionOf(ts).serve(ts, args) },
			"asked":    func(ts *testscript.TestScript, neg bool, _ []string) { sessionOf(ts).askedAny(ts, neg) },
			"atonce":   func(ts *testscript.TestScript, _ bool, args []string) { sessionOf(ts).atOnce(ts, args) },
			"finished": func(ts *testscript.TestScript, _ bool, args []string) { sessionOf(ts).finished(ts, args) },
			"start":    func(ts *testscript.TestScript, _ bool, args []string) { sessionOf(ts).start(ts, args) },
			"stop":     func(ts *testscript.TestScript, _ bool, _ []string) { sessionOf(ts).stop(ts) },
			"get":      get,
		},
	}
}

// session is what a script has beside its folder.
type session struct {
	t           *testing.T
	connections atomic.Int32 // opened to $TARGET
	requests    atomic.Int32 // to $SANDBOX, since asked
	meeting     *meeting     // the target that serve meeting made
	sandbox     *exec.Cmd    // the one that start began
}

type sessionKey struct{}

func sessionOf(ts *testscript.TestScript) *session { return ts.Value(sessionKey{}).(*session) }

// startSession makes what each script begins with.
func startSession(t *testing.T, env *testscript.Env) error {
	s := &session{t: t}
	env.Values[sessionKey{}] = s
	server := countingServer(&s.connections)
	env.Defer(server.Close)
	env.Setenv("HOST", server.Listener.Addr().String())
	env.Setenv("TARGET", server.URL+"/v3")
	files, err := certificates()
	if err != nil {
		return err
	}
	files = maps.Clone(files)
	files["fixtures.yaml"], files["spec.yaml"], files["requirements.yaml"] = string(sandbox.Fixtures("")), string(spec.BuiltInDescription()), string(spec.BuiltInRequirements())
	for name, content := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(env.Cd, name), []byte(content), 0o600))
	}
	return err
}

// run runs one command line. A run that begins is a process of its own, since Ginkgo
// runs once in a process, and so is a sandbox; all else runs in this one.
func (s *session) run(ts *testscript.TestScript, code int, args []string) (stdout, stderr string, got int) {
	env, args := assignments(args)
	var out, errs bytes.Buffer
	if code == 2 || len(args) == 0 || args[0] != "run" && args[0] != "sandbox" {
		got = execute(&process{dir: ts.Getenv("WORK"), env: env, stdout: &out, stderr: &errs}, args)
	} else {
		c := s.process(ts, env, args)
		c.Stdout, c.Stderr = &out, &errs
		if err := c.Run(); err != nil {
			if _, exited := errors.AsType[*exec.ExitError](err); !exited {
				ts.Check(err)
			}
		}
		got = c.ProcessState.ExitCode()
	}
	_, err := ts.Stdout().Write(out.Bytes())
	ts.Check(err)
	_, err = ts.Stderr().Write(errs.Bytes())
	ts.Check(err)
	return out.String(), errs.String(), got
}

// exits demands an exit code.
func (s *session) exits(ts *testscript.TestScript, want int, args []string) {
	if stdout, stderr, code := s.run(ts, want, args); code != want {
		ts.Fatalf("exit code %d, want %d\n%s%s", code, want, stdout, stderr)
	}
}

// refused demands that a command line is refused as wrong usage, before anything is sent or written.
func (s *session) refused(ts *testscript.TestScript, args []string) {
	work := ts.Getenv("WORK")
	before, err := filesIn(work)
	ts.Check(err)
	stdout, stderr, code := s.run(ts, 2, args)
	if code != 2 {
		ts.Fatalf("exit code %d, want 2\n%s%s", code, stdout, stderr)
	}
	after, err := filesIn(work)
	ts.Check(err)
	switch {
	case stdout != "":
		ts.Fatalf("standard output:\n%s", stdout)
	case strings.Count(stderr, "\n") > 3:
		ts.Fatalf("standard error is long:\n%s", stderr)
	case s.connections.Load() != 0:
		ts.Fatalf("%d connections were opened", s.connections.Load())
	case after != before:
		ts.Fatalf("files were touched: %s", firstDifference(after, before))
	}
}

// holds demands that the output of the last command holds each word, or none.
func holds(ts *testscript.TestScript, stream string, neg bool, words []string) {
	if len(words) == 0 {
		ts.Fatalf("no word to look for")
	}
	text := ts.ReadFile(stream)
	for _, word := range words {
		if strings.Contains(text, word) == neg {
			ts.Fatalf("%s, with %q %t:\n%s", stream, word, neg, text)
		}
	}
}

// edit copies a file with one text in the place of another, which must be there.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: edit FROM TO OLD NEW")
	}
	unquote := func(text string) string { return strings.NewReplacer(`\n`, "\n").Replace(text) }
	text, old := ts.ReadFile(args[0]), unquote(args[2])
	if !strings.Contains(text, old) {
		ts.Fatalf("%s does not hold %q", args[0], old)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Replace(text, old, unquote(args[3]), 1)), 0o600))
}

// filesIn lists the files of a folder with what is in them.
func filesIn(dir string) (string, error) {
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s\n%s\n", path, data)
		return err
	})
	return b.String(), err
}

// TestScripts_ShowEveryFlag: a flag that nothing reads is a bug. For each flag of each
// command a script shows its effect as a variable, and as a flag against the variable.
func TestScripts_ShowEveryFlag(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join(scriptFolder, "flags_*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	alone, against := map[string]bool{}, map[string]bool{}
	command := regexp.MustCompile(`(?m)^(?:! |exits \d )?(?:qorcheck|start) QORCHECK_([A-Z_]+)=\S+ ([a-z]+)( --[a-z-]+=)?`)
	for _, name := range scripts {
		for _, m := range command.FindAllStringSubmatch(readFile(t, name), -1) {
			flag := m[2] + " --" + strings.ToLower(strings.ReplaceAll(m[1], "_", "-"))
			if m[3] == " --"+strings.ToLower(strings.ReplaceAll(m[1], "_", "-"))+"=" {
				against[flag] = true
			} else {
				alone[flag] = true
			}
		}
	}
	for _, c := range commands(&process{}) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			name := c.Name() + " --" + f.Name
			if !alone[name] || !against[name] {
				t.Errorf("%s: shown as a variable %t, as a flag against the variable %t", name, alone[name], against[name])
			}
			delete(alone, name)
		})
	}
	for name := range alone {
		t.Errorf("a script is for %s, which does not exist", name)
	}
}

// failures is what a script of TestScripts_CanFail fails with.
type failures struct{ text string }

type stopScript struct{}

func (f *failures) Skip(...any)                         {}
func (f *failures) Parallel()                           {}
func (f *failures) Log(args ...any)                     { f.text += fmt.Sprintln(args...) }
func (f *failures) FailNow()                            { panic(stopScript{}) }
func (f *failures) Verbose() bool                       { return false }
func (f *failures) Fatal(args ...any)                   { f.Log(args...); f.FailNow() }
func (f *failures) Run(_ string, do func(testscript.T)) { do(f) }

// TestScripts_CanFail: each command of the scripts fails where what it demands is not so.
func TestScripts_CanFail(t *testing.T) {
	for _, tt := range []struct{ claim, script, says string }{
		{"a command that should pass", "qorcheck certify\n", "exit code 2, want 0"},
		{"one that should be refused", "! qorcheck version\n", "exit code 0, want 2"},
		{"one that should end otherwise", "exits 3 qorcheck version\n", "exit code 0, want 3"},
		{"a word that is not said", "! qorcheck certify\nsays verify\n", `"verify"`},
		{"one that is said and should not be", "! qorcheck certify\n! says certify\n", `"certify"`},
		{"a word that is not printed", "qorcheck version\nprints description 5.1\n", `"5.1"`},
		{"nothing to look for", "qorcheck version\nprints\n", "no word to look for"},
		{"a text that is not there to be replaced", "edit fixtures.yaml f.yaml nowhere somewhere\n", `"nowhere"`},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{"script.txtar": tt.script})
			f := &failures{}
			stopped := func() (stopped bool) {
				defer func() { _, stopped = recover().(stopScript) }()
				testscript.RunT(f, scripts(t, dir))
				return false
			}()
			if !stopped || !strings.Contains(f.text, tt.says) {
				t.Errorf("failed %t:\n%s", stopped, f.text)
			}
		})
	}
}
