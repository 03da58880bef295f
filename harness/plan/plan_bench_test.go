package plan

import (
	"testing"

	"qorcheck/spec"
)

// BenchmarkPlan plans every case of the built-in description, loading left out.
func BenchmarkPlan(b *testing.B) {
	d, r := ours()
	f := fixtures(b, ourFixtures)
	cases := 0
	for b.Loop() {
		p, err := New(d, r, f, 1)
		if err != nil {
			b.Fatal(err)
		}
		cases = len(p.Cases)
	}
	b.ReportMetric(float64(cases), "cases")
}

// BenchmarkLoad loads description and requirements, the baseline of BenchmarkPlan.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := spec.Parse(spec.QorCommerce(), "qorcommerce.yaml"); err != nil {
			b.Fatal(err)
		}
		if _, err := spec.ParseRequirements(spec.QorCommerceRequirements(), "requirements.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
