package matrix

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"qorcheck/harness/group"
	"qorcheck/harness/plan"
	"qorcheck/harness/sandbox"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// Pair is two defects of one sandbox, whose requirements have different themes: they are
// to be two causes or more.
type Pair struct {
	Mutants [2]string `json:"mutants"`
	Causes  []Cause   `json:"causes"`
	Fault   string    `json:"fault,omitempty"` // of our own
}

const (
	maxPairs   = 50 // that are certified where causes are counted
	oneInWhole = 16 // of so many defects, one is certified twice with every obligation, whatever it touches
)

// sampled reports whether a defect is among those that are certified twice with every
// obligation where causes are counted. It depends on the name alone.
func sampled(name string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // a hash never fails
	return h.Sum32()%oneInWhole == 0
}

// pairsOf draws pairs of defects of different themes, the same each time. Defects that
// leave nothing right are in none, since they hide the other.
func pairsOf(defects []sandbox.Defect, r *spec.Requirements, limit int) [][2]sandbox.Defect {
	theme := map[string]string{}
	for _, q := range r.List {
		if q.Tested() {
			theme[q.ID] = q.Theme
		}
	}
	first := slices.DeleteFunc(slices.Clone(defects), func(d sandbox.Defect) bool {
		return theme[d.Requirement] == "" || slices.Contains(d.Also, "*")
	})
	second := slices.Clone(first)
	random := rand.New(rand.NewPCG(1, uint64(len(first))))
	for _, list := range [][]sandbox.Defect{first, second} {
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	var pairs [][2]sandbox.Defect
	for i, a := range first {
		if b := second[i]; theme[a.Requirement] != theme[b.Requirement] && len(pairs) < limit {
			pairs = append(pairs, [2]sandbox.Defect{a, b})
		}
	}
	return pairs
}

// runPairs certifies sandboxes with two defects each, on the operations that either touches.
func runPairs(ctx context.Context, pairs [][2]sandbox.Defect, p *plan.Plan, o Options) ([]Pair, error) {
	fixtures, err := settings.ParseFixtures(sandbox.Fixtures(""), "the sandbox's fixtures", nil)
	if err != nil {
		return nil, err
	}
	list := make([]Pair, len(pairs))
	var pool group.Group
	var mu sync.Mutex
	slots := make(chan struct{}, max(o.AtOnce, 1))
	for i, pair := range pairs {
		slots <- struct{}{}
		pool.Go(func() {
			defer func() { <-slots }()
			one := certifyPair(ctx, pair, p, fixtures)
			mu.Lock()
			defer mu.Unlock()
			list[i] = one
		})
	}
	pool.Wait()
	return list, nil
}

func certifyPair(ctx context.Context, pair [2]sandbox.Defect, p *plan.Plan, fixtures *settings.Fixtures) Pair {
	j := job{defect: &pair[0], with: &pair[1], seed: p.Seed, fixtures: fixtures}
	one := Pair{Mutants: [2]string{pair[0].Name, pair[1].Name}, Causes: []Cause{}}
	a, b := concerned(p, &pair[0]), concerned(p, &pair[1])
	documents, err := j.certify(ctx, p.Only(func(o *plan.Obligation) bool { return a(o) || b(o) }), strings.Join(one.Mutants[:], "-"), 1)
	if err != nil {
		one.Fault = err.Error()
		return one
	}
	one.Causes = causesOf(documents[0])
	return one
}
