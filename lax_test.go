package main

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
	"qorcheck/harness/settings"
)

// TestALenientTargetIsNotedAndNotFailed: a target may carry out a request of
// which nothing is promised. That is noted, and stored is then what was accepted.
func TestALenientTargetIsNotedAndNotFailed(t *testing.T) {
	t.Parallel()
	lenient := asking(func(_ *settings.Fixtures, r *http.Request, sent []byte) []byte {
		r.URL.RawQuery = once(r.URL.RawQuery)
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
			return []byte(once(string(sent)))
		}
		if r.Header.Get("Content-Type") == "application/json; charset=utf-16" {
			r.Header.Set("Content-Type", "application/json")
		}
		return bytes.TrimPrefix(sent, []byte("\ufeff"))
	})
	p := builtInPlan(t).Only(func(o *plan.Obligation) bool {
		return slices.Contains([]string{"ach-credit", "payment-auth", "token-remove", "transactions-fetch-all"}, o.Operation.ID)
	})
	d := certify(t, p, broken(t, lenient), "lenient", 16, run.Options{Strict: true})
	if d.ExitCode != run.ExitPass {
		t.Errorf("exit code %d: %s", d.ExitCode, d.Verdict)
	}
	noted := map[string]int{}
	for _, o := range d.Obligations {
		for _, note := range o.Notes {
			noted[o.ID] += note.Count
			if !strings.HasPrefix(note.Text, "may: ") {
				t.Errorf("%s: %s", o.ID, note.Text)
			}
		}
	}
	for id, want := range map[string]int{
		"ach-credit.RH-400-4": 2, "payment-auth.RH-400-4": 2, "ach-credit.RH-400-5": 1, "token-remove.RH-400-5": 2, "transactions-fetch-all.RH-400-5": 15,
	} {
		if noted[id] != want {
			t.Errorf("%s: %d notes, want %d", id, noted[id], want)
		}
	}
}

// once keeps the last of several values of one name.
func once(encoded string) string {
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return encoded
	}
	var pairs []string
	for pair := range strings.SplitSeq(encoded, "&") {
		name, _, _ := strings.Cut(pair, "=")
		plainName, err := url.QueryUnescape(name)
		if err != nil || len(values[plainName]) > 1 {
			values[plainName] = values[plainName][1:]
			continue
		}
		pairs = append(pairs, pair)
	}
	return strings.Join(pairs, "&")
}
