package settings

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"qorcheck/harness/redact"
)

// Triggers are the test data of one kind of payment. Each other trigger replaces
// fields of Approved and inherits the rest.
type Triggers struct {
	Approved          Trigger   `yaml:"approved"`
	Refused           []Trigger `yaml:"refused"`
	Error             Trigger   `yaml:"error"`
	Internal          Trigger   `yaml:"internal"`
	CaptureFailsLater Trigger   `yaml:"capture_fails_later"`

	// Approved by themselves; a later modification of the payment ends so.
	CaptureRefused  Trigger `yaml:"capture_refused"`
	CaptureError    Trigger `yaml:"capture_error"`
	CaptureInternal Trigger `yaml:"capture_internal"`
	RefundRefused   Trigger `yaml:"refund_refused"`
	RefundError     Trigger `yaml:"refund_error"`
	RefundInternal  Trigger `yaml:"refund_internal"`
	VoidRefused     Trigger `yaml:"void_refused"`
	VoidError       Trigger `yaml:"void_error"`
	VoidInternal    Trigger `yaml:"void_internal"`
}

// Trigger maps request fields, by their last name, to the value to set.
type Trigger map[string]string

// all returns the triggers that are given by name: approved, refused[0], error, ….
func (t Triggers) all() map[string]Trigger {
	all := map[string]Trigger{}
	v := reflect.ValueOf(t)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("yaml")
		switch given := v.Field(i).Interface().(type) {
		case Trigger:
			if given != nil {
				all[name] = given
			}
		case []Trigger:
			for n, one := range given {
				all[fmt.Sprintf("%s[%d]", name, n)] = one
			}
		}
	}
	return all
}

// triggerNames are the names of the fields of Triggers, in their order.
var triggerNames = func() (names []string) {
	of := reflect.TypeFor[Triggers]()
	for i := range of.NumField() {
		names = append(names, of.Field(i).Tag.Get("yaml"))
	}
	return names
}()

// named returns one of all, nil when it is not given. It is called for each value of a
// request.
func (t Triggers) named(name string) Trigger {
	name, index, listed := strings.Cut(name, "[")
	i := slices.Index(triggerNames, name)
	if i < 0 {
		return nil
	}
	switch given := reflect.ValueOf(t).Field(i).Interface().(type) {
	case Trigger:
		if !listed {
			return given
		}
	case []Trigger:
		if n, err := strconv.Atoi(strings.TrimSuffix(index, "]")); listed && err == nil && n >= 0 && n < len(given) {
			return given[n]
		}
	}
	return nil
}

// Trigger returns the named trigger of a group (approved, refused[0], error, …) with
// the fields that it inherits; nil when the fixtures lack it.
func (f *Fixtures) Trigger(group, name string) Trigger {
	t := f.Triggers[group]
	own := t.named(name)
	if own == nil {
		return nil
	}
	merged := maps.Clone(t.Approved)
	if merged == nil {
		merged = Trigger{}
	}
	maps.Copy(merged, own)
	return merged
}

// Field returns a field of a trigger, its own or inherited; "" when the fixtures lack it.
func (f *Fixtures) Field(group, name, field string) string {
	t := f.Triggers[group]
	own := t.named(name)
	if value, ok := own[field]; ok || own == nil {
		return value
	}
	return t.Approved[field]
}

// datum is one field of a trigger.
type datum struct{ place, field, value string }

// testData lists the fields of all triggers, by place and field.
func (f *Fixtures) testData() []datum {
	var list []datum
	for group, triggers := range f.Triggers {
		for name, trigger := range triggers.all() {
			for field, value := range trigger {
				list = append(list, datum{fmt.Sprintf("triggers.%s.%s.%s", group, name, field), field, value})
			}
		}
	}
	slices.SortFunc(list, func(a, b datum) int { return cmp.Compare(a.place, b.place) })
	return list
}

// isGuardedCard reports whether the value is a card number that must be listed.
func (d datum) isGuardedCard() bool { return redact.IsCard(d.value) && len(d.value) >= redact.MinCard }

// checkCards refuses a trigger with a card number that test_cards does not list.
func (f *Fixtures) checkCards() error {
	for _, d := range f.testData() {
		if d.isGuardedCard() && !slices.Contains(f.TestCards, d.value) {
			return fmt.Errorf("%s: %s: a card number must be listed under test_cards", d.place, redact.MaskCard(d.value))
		}
	}
	return nil
}

// Secrets lists every credential value and card number, longest first.
func (f *Fixtures) Secrets() (credentials, cards []string) {
	for _, byScheme := range f.Credentials {
		for _, value := range byScheme {
			credentials = append(credentials, value)
		}
	}
	cards = slices.Clone(f.TestCards)
	for _, d := range f.testData() {
		if redact.IsCard(d.value) {
			cards = append(cards, d.value)
		}
	}
	longest := func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) }
	slices.SortFunc(credentials, longest)
	slices.SortFunc(cards, longest)
	return slices.Compact(credentials), slices.Compact(cards)
}

// ShortSecrets lists test data of three to five characters in fields whose value is
// secret, such as card verification values: too short to be searched for within other
// words. Further names of secret fields may be given.
func (f *Fixtures) ShortSecrets(further []string) []string {
	var list []string
	for _, d := range f.testData() {
		if len(d.value) >= 3 && len(d.value) < 6 && redact.SecretName(d.field, further) {
			list = append(list, d.value)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// CardFields lists the names of fields in which triggers give card numbers.
func (f *Fixtures) CardFields() []string {
	names := map[string]bool{}
	for _, d := range f.testData() {
		if d.isGuardedCard() {
			names[d.field] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// CardGuard finds card numbers that may not be sent, in these fields and in those in
// which triggers give card numbers.
func (f *Fixtures) CardGuard(fields []string) *redact.CardGuard {
	return redact.NewCardGuard(slices.Concat(fields, f.CardFields()), f.TestCards)
}
