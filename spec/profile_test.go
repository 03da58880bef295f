package spec

import (
	"strings"
	"testing"
)

// profiled is a list of two requirements, the first of no profile, with one more profile.
func profiled(profile string) []byte {
	one := "    level: must\n    chapter: c\n    clause: {page: p, text: t}\n    sentence: s\n    operations: [a, b, c]\n    cases: [valid]\n    check: schema\n"
	return []byte("version: 1\nname: n\npages: {p: https://docs.example.test/p}\nprofiles:\n  core: c\n  some: " + profile + "\nrequirements:\n  - id: R-1\n" + one + "  - id: R-2\n    profile: core\n" + one)
}

func TestProfile_Claims(t *testing.T) {
	r, err := ParseRequirements(profiled("{about: x, holds: [{requirements: [R-1], operations: [a]}, {requirements: [R-2], except: [a]}]}"), "l.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]bool{
		"core R-1 a": true, "core R-2 a": true, "some R-1 a": true, "some R-1 b": false, "some R-2 a": false, "some R-2 c": true,
	} {
		f := strings.Fields(what)
		q := r.List[0]
		if f[1] == "R-2" {
			q = r.List[1]
		}
		if got := r.Claims(f[0], q, f[2]); got != want {
			t.Errorf("%s: %v", what, got)
		}
	}
	if r.Profiles["core"].About != "c" || r.Profiles["some"].About != "x" {
		t.Errorf("%+v", r.Profiles)
	}
}

func TestProfile_Faults(t *testing.T) {
	for profile, want := range map[string]string{
		"{holds: [{requirements: [R-1]}]}":                                         "profiles.some: about: must",
		"{about: x, holds: [{operations: [a]}]}":                                   "profiles.some: holds[0]: requirements: must name",
		"{about: x, holds: [{requirements: [R-3]}]}":                               `"R-3": no requirement has this id`,
		"{about: x, holds: [{requirements: [R-1], operations: [d]}]}":              `"d": R-1 is not about this operation`,
		"{about: x, holds: [{requirements: [R-1], except: [d]}]}":                  `"d": R-1 is not about this operation`,
		"{about: x, holds: [{requirements: [R-1], except: [a], operations: [b]}]}": "only one of them",
		"{about: x, hold: []}":                                                     "hold",
	} {
		if _, err := ParseRequirements(profiled(profile), "l.yaml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", profile, err, want)
		}
	}
}
