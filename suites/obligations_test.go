package suites

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden list anew")

// TestObligations_IDsAreLasting compares the ids of all obligations with the list
// in the repository: waivers and histories name them, so each change is to be seen.
func TestObligations_IDsAreLasting(t *testing.T) {
	var b strings.Builder
	for _, o := range promise(t).Obligations {
		b.WriteString(o.ID + "\n")
	}
	const golden = "testdata/obligations.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the ids are not those of %s; if that is meant, write it anew: go test ./suites -run TestObligations_IDsAreLasting -update", golden)
	}
}
