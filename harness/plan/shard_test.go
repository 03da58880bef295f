package plan

import (
	"fmt"
	"testing"
)

// TestShards: every case is in exactly one shard, and the shards are of one size.
func TestShards(t *testing.T) {
	p := &Plan{Digest: "whole"}
	served := map[string]int{}
	for i := range 4 {
		p.Obligations = append(p.Obligations, &Obligation{ID: fmt.Sprint("o", i)})
	}
	for i := range 11 {
		c := &Case{ID: fmt.Sprint("c", i), Obligations: []string{"o0"}}
		if i%4 == 1 {
			c.Obligations = append(c.Obligations, "o1")
		}
		if i == 10 {
			c.Obligations = []string{"o2"}
		}
		for _, id := range c.Obligations {
			served[id]++
			o := p.Obligation(id)
			o.Cases = append(o.Cases, c.ID)
		}
		p.Cases = append(p.Cases, c)
	}
	for of := 1; of <= 11; of++ {
		cases, obligations, listed := map[string]int{}, map[string]int{}, 0
		for number := 1; number <= of; number++ {
			s := p.Shard(number, of)
			if again := p.Shard(number, of); len(again.Cases) != len(s.Cases) || again.Cases[0] != s.Cases[0] {
				t.Errorf("shard %d of %d differs the second time", number, of)
			}
			if n := len(s.Cases); n != 11/of && n != (11+of-1)/of || s.Digest != "whole" {
				t.Errorf("shard %d of %d has %d cases, digest %s", number, of, n, s.Digest)
			}
			for _, c := range s.Cases {
				cases[c.ID]++
				for _, id := range c.Obligations {
					obligations[id]++
					if s.Obligation(id) == nil {
						t.Errorf("shard %d of %d has %s without %s", number, of, c.ID, id)
					}
				}
			}
			for _, o := range s.Obligations {
				listed += len(o.Cases)
				if len(o.Cases) == 0 && (o.ID != "o3" || number != 1) {
					t.Errorf("shard %d of %d has %s without a case", number, of, o.ID)
				}
			}
			if (s.Obligation("o3") != nil) != (number == 1) {
				t.Errorf("shard %d of %d: what has no case belongs to the first", number, of)
			}
		}
		if len(cases) != 11 || fmt.Sprint(obligations) != fmt.Sprint(served) || listed != served["o0"]+served["o1"]+served["o2"] {
			t.Errorf("%d shards have %d cases, %v, %d listed", of, len(cases), obligations, listed)
		}
	}
	if p.Shard(12, 12) != nil {
		t.Error("a shard without a case is a plan")
	}
}
