package redact

import (
	"slices"
	"testing"
)

// TestTally counts in what a redactor made, so that both agree on the traces.
func TestTally(t *testing.T) {
	r := toyRedactor()
	var tally Tally
	if tally.Hidden() != nil || tally.Variables() != nil || tally.Cards != 0 {
		t.Errorf("something is counted in nothing: %+v", tally)
	}
	for _, text := range []string{
		`{"cvv":"951","amount":"12.00","card":{"cvv":951}}`, `{"m":"{\"cvv\":\"951\"}"}`, "a[cvv]=951&pin=1", "card " + testCard + ", " + otherCard, "no secret", "key " + clientKey,
	} {
		tally.Add(r.Answer(text))
	}
	tally.Add(r.Header("Set-Cookie", "id=1", 100))
	tally.AddCommand(r.Template(`curl 'http://127.0.0.1/' -H 'X-Key: '"$APP_KEY" -d '{"cvv":"'"$CVV"'","a":$NONE}'`))
	tally.AddCommand(Constant(`curl -H 'X-Key: '"$APP_KEY"`))
	if got, want := tally.Hidden(), []Hidden{{"cvv", 4}, {"", 1}, {"Set-Cookie", 1}, {"pin", 1}}; !slices.Equal(got, want) {
		t.Errorf("hidden %v, want %v", got, want)
	}
	if got, want := tally.Variables(), []string{"APP_KEY", "CVV"}; !slices.Equal(got, want) || tally.Cards != 2 {
		t.Errorf("variables %v, want %v, %d cards", got, want, tally.Cards)
	}
}
