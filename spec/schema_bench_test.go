package spec

import (
	"strings"
	"testing"
)

// BenchmarkViolations judges the documented answer and the documented request of
// the largest payment, by the description as it is and as OpenAPI 3.1 has it.
func BenchmarkViolations(b *testing.B) {
	for _, version := range []string{"3.0.3", "3.1.0"} {
		text := strings.Replace(string(BuiltInDescription()), "openapi: 3.0.3", "openapi: "+version, 1)
		if version == "3.1.0" {
			text = strings.ReplaceAll(text, "nullable: true", "x-nullable: true")
		}
		d, err := Parse([]byte(text), "qorcommerce.yaml")
		if err != nil {
			b.Fatal(err)
		}
		o := d.Operation("payment-sale-manual")
		answer, request := o.Response(200).JSON(), o.Body.JSON()
		for _, judged := range []struct {
			name      string
			schema    Schema
			value     any
			direction Direction
		}{
			{"answer", answer.Schema, answer.Examples[0].Value, Answered},
			{"request", request.Schema, request.Examples[0].Value, Sent},
			{"malformed request", request.Schema, map[string]any{"transaction_data": map[string]any{"mid": 1.0}}, Sent},
		} {
			b.Run(version+" "+judged.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					judged.schema.Violations(judged.value, judged.direction)
				}
			})
		}
	}
}
