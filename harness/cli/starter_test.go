package cli

import (
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"qorcheck/harness/exchange"
	"qorcheck/harness/plan"
	"qorcheck/harness/planner"
	"qorcheck/harness/run"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// TestStarter_FindsDefects: with ten lines of fixtures the profile starter fails targets
// whose defect breaks one of its musts on an operation that it holds.
func TestStarter_FindsDefects(t *testing.T) {
	d, r := must(builtInDescription())(t), must(builtInRequirements())(t)
	f, err := settings.LoadFixtures(filepath.Join(root, "harness", "planner", "testdata", "ten-lines.yaml"), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	p, err := planner.New(d, r, f, 1)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = p.Profiles("starter"); err != nil {
		t.Fatal(err)
	}
	exits := func(t *testing.T, p *plan.Plan, defects ...string) int {
		u, err := url.Parse(serve(t, newSandbox(t, defects...)) + d.BasePath)
		if err != nil {
			t.Fatal(err)
		}
		s := settings.Settings{Target: u, Fixtures: f, Concurrency: 8, Timeout: settings.DefaultTimeout, BodyLimit: settings.DefaultBodyLimit, HeaderLimit: settings.DefaultHeaderLimit, RunID: "starter", Seed: 1}
		client := exchange.New(s, d)
		defer client.Close()
		document, err := run.Start(t.Context(), p, client, run.Options{Settings: s, Profile: "starter"}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		return document.ExitCode
	}
	const defects = 20
	found := 0
	for _, m := range sandbox.Defects() {
		inReach := func(o *plan.Obligation) bool {
			return o.Requirement.ID == m.Requirement && o.Requirement.Level == spec.Must && !o.Outside && len(o.Cases) > 0 && slices.Contains(m.On, o.Operation.ID)
		}
		if found == defects || !slices.ContainsFunc(p.Obligations, inReach) {
			continue
		}
		found++
		t.Run(m.Name, func(t *testing.T) {
			part := p.Only(inReach)
			if code := exits(t, part); code != run.ExitPass {
				t.Errorf("exit code %d on the sound sandbox", code)
			}
			if code := exits(t, part, m.Name); code != run.ExitFail {
				t.Errorf("exit code %d", code)
			}
		})
	}
	if found < defects {
		t.Errorf("%d defects are in reach", found)
	}
}
