package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"qorcheck/harness/run"
	"qorcheck/harness/rundir"
	"qorcheck/harness/verdict"
)

// TestShards: four shards, of which one was killed and resumed, have each case
// once, say in every report that they are parts, and are merged to the whole run.
func TestShards(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		claim  string
		defect string // "" for none
		args   []string
		code   int
	}{
		{"a sound target", "", nil, run.ExitPass},
		{"a target with a defect, and waivers", "malformed-approved", []string{"--waivers", "w.yaml"}, run.ExitFail},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			t.Parallel()
			dir, target := t.TempDir(), serve(t, newSandbox(t))+"/v3"
			if tt.defect != "" {
				target = broken(t, tt.defect)
			}
			writeFiles(t, dir, map[string]string{"w.yaml": waiverOf("payment-void.RH-400-2", "2999-12-31")})
			args := append(append([]string{"run", "--target", target}, quick...), tt.args...)
			if stdout, stderr, code := commandIn(t, dir, nil, append(args, "--out", "whole")...); code != tt.code {
				t.Fatalf("whole: exit code %d:\n%s%s", code, stdout, stderr)
			}
			want, cases := readDocument(t, filepath.Join(dir, "whole")), outcomesByCase(t, filepath.Join(dir, "whole"))

			all := map[string]string{}
			for number := 1; number <= 4; number++ {
				mine := oneOfFour(t, dir, number, len(cases), args)
				for id := range mine {
					if all[id] != "" {
						t.Errorf("%s is in two shards", id)
					}
				}
				maps.Copy(all, mine)
			}
			if fmt.Sprint(all) != fmt.Sprint(cases) {
				t.Error("the shards do not have the cases of the whole run, or end otherwise")
			}

			stdout, stderr, code := commandIn(t, dir, nil, "merge", "shard3", "shard1", "shard4", "shard2")
			if code != tt.code || stderr != "reports: out/run.json, out/TEST-conformance.xml, out/report.html, out/summary.md\n" {
				t.Errorf("merge: exit code %d:\n%s%s", code, stdout, stderr)
			}
			out := filepath.Join(dir, "out")
			if got, want := verdicts(t, out), verdicts(t, filepath.Join(dir, "whole")); got != want {
				t.Errorf("merged, it is another run: %s", firstDifference(got, want))
			}
			d := readDocument(t, out)
			if d.Shard != nil || d.Planned != want.Planned || len(d.RunIDs()) != 5 || fmt.Sprint(outcomesByCase(t, out)) != fmt.Sprint(cases) {
				t.Errorf("shard %v, %d obligations, runs %s", d.Shard, d.Planned, d.RunIDs())
			}
			merged, whole := readJUnit(t, filepath.Join(out, rundir.JUnitFile)), readJUnit(t, filepath.Join(dir, "whole", rundir.JUnitFile))
			if merged.Tests != whole.Tests || merged.Failures != whole.Failures || merged.Errors != whole.Errors || merged.Skipped != whole.Skipped {
				t.Errorf("JUnit: %+v, want %+v", merged, whole)
			}
			before := readFile(t, filepath.Join(out, rundir.DocumentFile))
			if _, stderr, code := commandIn(t, dir, nil, "run", "--resume", "out"); code != tt.code || readFile(t, filepath.Join(out, rundir.DocumentFile)) != before {
				t.Errorf("resumed when merged: exit code %d: %s", code, stderr)
			}
		})
	}
}

// oneOfFour runs one of four shards, of which the second is killed and resumed, and
// returns how its cases ended.
func oneOfFour(t *testing.T, dir string, number, cases int, args []string) map[string]string {
	t.Helper()
	out := fmt.Sprint("shard", number)
	shard := append(args, "--out", out, "--shard", fmt.Sprintf("%d/4", number))
	if number == 2 {
		signalled(t, dir, out, map[syscall.Signal]int{syscall.SIGKILL: 5}, shard...)
		shard = []string{"run", "--resume", out}
	}
	stdout, stderr, code := commandIn(t, dir, nil, shard...)
	d := readDocument(t, filepath.Join(dir, out))
	if code != run.ExitPass && (code != run.ExitFail || d.Counts.Fail == 0) {
		t.Errorf("%s: exit code %d:\n%s%s", out, code, stdout, stderr)
	}
	mine := outcomesByCase(t, filepath.Join(dir, out))
	if n := len(mine); n != d.Cases || n != cases/4 && n != cases/4+1 || d.CaseCounts.NotRun > 0 || d.Counts.NotRun > 0 {
		t.Errorf("%s: %d of %d cases, %+v, %+v", out, n, cases, d.CaseCounts, d.Counts)
	}
	says := fmt.Sprintf("shard %d of 4, a part of the run", number)
	for _, name := range []string{rundir.DocumentFile, rundir.JUnitFile, rundir.HTMLFile, rundir.SummaryFile} {
		if !strings.Contains(readFile(t, filepath.Join(dir, out, name)), says) {
			t.Errorf("%s/%s does not say %q", out, name, says)
		}
	}
	if report := readJUnit(t, filepath.Join(dir, out, rundir.JUnitFile)); report.Errors != followers(d) || (report.Failures > 0) != (code == run.ExitFail) || !strings.Contains(stdout, says) {
		t.Errorf("%s: JUnit has %d errors, %d failures; printed\n%s", out, report.Errors, report.Failures, stdout)
	}
	return mine
}

// followers counts the obligations that must hold, of which nothing can be said because
// another failed.
func followers(d *run.Document) (n int) {
	for _, o := range d.Obligations {
		if o.Outcome == verdict.Inconclusive && o.Level == "must" && strings.HasPrefix(o.Why, "it follows from the failure of ") {
			n++
		}
	}
	return n
}

// TestShards_AtOnce: shards that run side by side get each other's messages, and
// still find one that is about a rejected request. How soon one comes is not judged: that
// depends on the machine.
func TestShards_AtOnce(t *testing.T) {
	t.Parallel()
	target, dir := broken(t, "message-for-rejected"), t.TempDir()
	var both sync.WaitGroup
	for _, number := range []string{"1", "2"} {
		both.Go(func() {
			commandIn(t, dir, nil, "run", "--target", target, "--filter", "(operation:payment-capture || operation:payment-sale-manual) && !requirement:RH-MSG-13", "--shard", number+"/2", "--out", "shard"+number)
		})
	}
	both.Wait()
	stdout, stderr, code := commandIn(t, dir, nil, "merge", "shard1", "shard2")
	if code != run.ExitFail {
		t.Fatalf("exit code %d:\n%s%s", code, stdout, stderr)
	}
	for _, o := range readDocument(t, filepath.Join(dir, "out")).Obligations {
		if failed := o.Outcome == verdict.Fail; failed != (o.ID == "payment-capture.RH-MSG-11") {
			t.Errorf("%s: %s %s", o.ID, o.Outcome, o.Why)
		}
	}
}

func TestShards_OfTheCISystem(t *testing.T) {
	for _, tt := range []struct {
		claim string
		env   []string
		want  string // a shard, or what the error says
	}{
		{"GitLab counts from 1", []string{"CI_NODE_INDEX=4", "CI_NODE_TOTAL=4"}, "4/4"},
		{"GitLab, a job that is not parallel", []string{"CI_NODE_TOTAL=1"}, "1/1"},
		{"CircleCI counts from 0", []string{"CIRCLE_NODE_INDEX=0", "CIRCLE_NODE_TOTAL=3"}, "1/3"},
		{"Buildkite counts from 0", []string{"BUILDKITE_PARALLEL_JOB=4", "BUILDKITE_PARALLEL_JOB_COUNT=5"}, "5/5"},
		{"none", nil, "BUILDKITE_PARALLEL_JOB_COUNT (Buildkite)"},
		{"counted from 0 where 1 is the first", []string{"CI_NODE_INDEX=0", "CI_NODE_TOTAL=4"}, "CI_NODE_INDEX=0"},
		{"beyond the last", []string{"CIRCLE_NODE_INDEX=3", "CIRCLE_NODE_TOTAL=3"}, "CIRCLE_NODE_INDEX=3 and CIRCLE_NODE_TOTAL=3"},
		{"a number alone", []string{"BUILDKITE_PARALLEL_JOB=1"}, "BUILDKITE_PARALLEL_JOB_COUNT="},
		{"no number", []string{"CI_NODE_INDEX=one", "CI_NODE_TOTAL=4"}, "CI_NODE_INDEX=one"},
	} {
		t.Run(tt.claim, func(t *testing.T) {
			f := &runFlags{process: &process{env: tt.env}, shard: auto}
			err := f.resolveAutoShard()
			if got := f.shard; err == nil && got != tt.want || err != nil && (got != auto || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%s, %v; want %s", got, err, tt.want)
			}
		})
	}
	t.Run("through the command, and said to the resumed run", func(t *testing.T) {
		dir := t.TempDir()
		env := []string{"CI_NODE_INDEX=2", "CI_NODE_TOTAL=3", "QORCHECK_SHARD=auto"}
		for _, args := range [][]string{{"--filter", "operation:webhooks_list"}, {"--resume", "out"}} {
			_, stderr, code := commandIn(t, dir, env, append([]string{"run"}, args...)...)
			if d := readDocument(t, filepath.Join(dir, "out")); code != run.ExitPass || d.Shard.String() != "2 of 3" || d.CaseCounts.Of(verdict.NotRun) > 0 {
				t.Errorf("exit code %d, shard %s: %s", code, d.Shard, stderr)
			}
		}
		_, stderr, code := commandIn(t, dir, []string{"CI_NODE_INDEX=1", "CI_NODE_TOTAL=3"}, "run", "--resume", "out", "--shard", "auto")
		if code != run.ExitUsage || !strings.Contains(stderr, "--shard 1/3: the run of --resume out was begun with 2/3") {
			t.Errorf("another shard: exit code %d: %s", code, stderr)
		}
	})
}
