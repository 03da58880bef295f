package settings

import (
	"strings"
	"testing"
	"time"
)

func TestBudget(t *testing.T) {
	for _, tt := range []struct {
		text     string
		rate     Rate
		requests int
		limit    string
	}{
		{"500", 0, 500, "500 requests"},
		{"500", 2, 500, "500 requests"},
		{"60s", 20, 1060, "60s at 20/s"},
		{"1m", 0, 1060, "1m at 20/s"},
		{"60s", 200, 10600, "60s at 200/s"},
	} {
		var b Budget
		if err := b.Set(tt.text); err != nil || b.String() != tt.text {
			t.Errorf("%s: %v, %s", tt.text, err, b)
		}
		if requests, limit := b.Within(tt.rate, 2*time.Second); requests != tt.requests || limit != tt.limit {
			t.Errorf("%s: %d, %s", tt.text, requests, limit)
		}
	}
	for _, text := range []string{"0", "-5", "9s", "many", "60", "1h"} {
		b := Budget{Requests: 3}
		err := b.Set(text)
		if text == "60" || text == "1h" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "as 500") || b != (Budget{}) {
			t.Errorf("%s: %v, %+v", text, err, b)
		}
	}
	var none Budget
	if err := none.Set(""); err != nil || none != (Budget{}) || none.String() != "" {
		t.Errorf("%v, %+v", err, none)
	}
}
