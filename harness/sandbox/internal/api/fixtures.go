package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed fixtures.yaml
var fixturesFile []byte

// Fixtures returns the fixtures file of a sandbox that listens at origin,
// for example "http://127.0.0.1:8080".
func Fixtures(origin string) []byte {
	return bytes.ReplaceAll(fixturesFile, []byte("{origin}"), []byte(strings.TrimRight(origin, "/")))
}

// fixtures is what the sandbox itself takes from its fixtures file.
type fixtures struct {
	Credentials map[string]keys   `yaml:"credentials"`
	Merchants   map[string]string `yaml:"merchants"`
	Triggers    struct {
		Card struct {
			outcomes          `yaml:",inline"`
			Approved          trigger `yaml:"approved"`
			CaptureFailsLater trigger `yaml:"capture_fails_later"`
			// Later are the cards whose payments are approved, and whose captures,
			// refunds or voids then end otherwise: capture_refused, void_internal, ….
			Later map[string]trigger `yaml:",inline"`
		} `yaml:"card"`
		ACH  outcomes `yaml:"ach"`
		Cash outcomes `yaml:"cash"`
	} `yaml:"triggers"`
}

// outcomes are the triggers that end payments in another way than approved.
type outcomes struct {
	Refused  []trigger `yaml:"refused"`
	Error    trigger   `yaml:"error"`
	Internal trigger   `yaml:"internal"`
}

// code returns the code with which payments by a number end. Refusal reads the code
// out of the number of a refused one.
func (o outcomes) code(number string, refusal func(string) string) string {
	is := func(t trigger) bool { return t.number() == number }
	switch {
	case is(o.Error):
		return CodeSystem
	case is(o.Internal):
		return internalFault
	case slices.ContainsFunc(o.Refused, is):
		return refusal(number)
	}
	return CodeApproved
}

// ends returns the codes with which what is done to a payment by a card ends, where it
// does not end as it should.
func (f fixtures) ends(number string) map[Kind]string {
	var ends map[Kind]string
	for name, t := range f.Triggers.Card.Later {
		if t.Card != number {
			continue
		}
		if ends == nil {
			ends = map[Kind]string{}
		}
		kind, outcome, _ := strings.Cut(name, "_")
		ends[Kind(kind)] = map[string]string{"refused": TriggerCode(number), "error": CodeSystem, "internal": internalFault}[outcome]
	}
	return ends
}

// keys are a pair: neither half is worth anything with another half.
type keys struct {
	App    string `yaml:"AppKey"`
	Client string `yaml:"ClientKey"`
}

// trigger is a card, a bank account or an amount, whichever is set.
type trigger struct {
	Card    string `yaml:"creditcard"`
	CVV     string `yaml:"cvv"` // "" where it is that of the approved card
	Account string `yaml:"account_number"`
	Amount  string `yaml:"amount"` // with two decimals
}

func (t trigger) number() string { return cmp.Or(t.Card, t.Account, t.Amount) }

func readFixtures() (fixtures, error) {
	var f fixtures
	if err := yaml.Unmarshal(fixturesFile, &f); err != nil {
		return f, fmt.Errorf("fixtures.yaml: %w", err)
	}
	for name := range f.Triggers.Card.Later {
		kind, outcome, _ := strings.Cut(name, "_")
		if !slices.Contains([]Kind{Capture, Refund, Void}, Kind(kind)) || !slices.Contains([]string{"refused", "error", "internal"}, outcome) {
			return f, fmt.Errorf("fixtures.yaml: triggers: card: unknown trigger %q", name)
		}
	}
	return f, nil
}
