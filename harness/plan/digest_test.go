package plan

import (
	"reflect"
	"testing"

	"qorcheck/spec"
)

// Every field that a plan shows goes into its digest: each is changed in turn, by
// reflection, so that one that is added later is tried too.
func TestDigest_EveryField(t *testing.T) {
	whole := func() *Plan {
		step := func() Step {
			return Step{
				Request: Request{Query: []Field{{}}, Header: []Field{{}}}, Capture: []Capture{{}}, ReadBack: &ReadBack{}, Await: &Await{},
				Expect: &Expect{Statuses: []int{0}, Tolerated: []spec.Tolerance{{Where: map[string]string{"": ""}}}},
			}
		}
		return &Plan{
			Obligations: []*Obligation{{Cases: []string{""}}},
			Cases: []*Case{{
				Obligations: []string{""}, Fault: &Fault{},
				Expect:  Expect{Statuses: []int{0}, Tolerated: []spec.Tolerance{{Where: map[string]string{"": ""}}}, Order: &spec.Order{Values: []string{"", ""}}},
				Prepare: []Step{step()}, Act: step(), Observe: []Step{step()}, Cleanup: []Step{step()},
			}},
		}
	}
	digest := func(p *Plan) string { p.Seal(); return p.Digest }
	seen := map[string]string{digest(whole()): "nothing"}
	total := leaves(reflect.ValueOf(whole()).Elem(), "", func(string, reflect.Value) {})
	for n := range total {
		p := whole()
		at := ""
		i := 0
		leaves(reflect.ValueOf(p).Elem(), "", func(name string, v reflect.Value) {
			if i++; i-1 != n {
				return
			}
			at = name
			switch v.Kind() {
			case reflect.String:
				v.SetString("changed")
			case reflect.Int:
				v.SetInt(7)
			case reflect.Bool:
				v.SetBool(true)
			}
		})
		if twin, same := seen[digest(p)]; same {
			t.Errorf("a plan with another %s has the digest of one with another %s", at, twin)
		}
		seen[p.Digest] = at
	}
	if total < 60 {
		t.Errorf("only %d fields were changed", total)
	}
	for _, change := range []func(c *Case){
		func(c *Case) { c.Expect.Tolerated[0].Where["/x"] = "y" },
		func(c *Case) { c.Act.Expect.Body = map[string]any{"/x": map[string]any{"const": true}} },
		func(c *Case) { c.Act.Expect.Body = map[string]any{"/x": map[string]any{"const": "true"}} },
		func(c *Case) { c.Expect.Order = nil },
		func(c *Case) { c.Act.Expect = nil },
		func(c *Case) { c.Act.Await = nil },
		func(c *Case) { c.Act.ReadBack = nil },
		func(c *Case) { c.Fault = nil },
	} {
		p := whole()
		change(p.Cases[0])
		if twin, same := seen[digest(p)]; same {
			t.Errorf("a plan without a part, or with more, has the digest of one with another %s", twin)
		}
		seen[p.Digest] = "part"
	}
	longer := whole()
	longer.Cases = append(longer.Cases, longer.Cases[0])
	if digest(longer) == digest(whole()) {
		t.Error("a case more leaves the digest as it is")
	}
}

// leaves visits every value of Obligations and Cases that JSON shows, and counts them.
func leaves(v reflect.Value, name string, visit func(string, reflect.Value)) int {
	n := 0
	switch v.Kind() {
	case reflect.Pointer:
		n = leaves(v.Elem(), name, visit)
	case reflect.Slice:
		for i := range v.Len() {
			n += leaves(v.Index(i), name, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			top := v.Type() == reflect.TypeFor[Plan]()
			if f.IsExported() && f.Tag.Get("json") != "-" && (!top || f.Name == "Obligations" || f.Name == "Cases") {
				n += leaves(v.Field(i), name+"."+f.Name, visit)
			}
		}
	case reflect.String, reflect.Int, reflect.Bool:
		visit(name, v)
		return 1
	}
	return n
}
