package exchange

import (
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
)

// NewRedactor makes a redactor for the secrets of the fixtures, for the names that
// the description marks as secret, and for further secrets of the run.
func NewRedactor(f *settings.Fixtures, names []string, more ...string) *redact.Redactor {
	credentials, cards := f.Secrets()
	values := slices.Clone(credentials)
	values = append(values, more...)
	for _, value := range credentials {
		values = append(values, plan.Twisted(value)...)
	}
	return redact.New(redact.Secrets{Values: append(values, f.ShortSecrets(names)...), Cards: cards, Names: names})
}

// refuseCards returns an error for a request that carries a card number which the
// fixtures do not list.
func (c *Client) refuseCards(texts ...string) error {
	for _, text := range texts {
		if number := c.cards.Unlisted(text); number != "" {
			return cardError(number)
		}
	}
	return nil
}

type cardError string

func (c cardError) Error() string {
	return string(c) + " is a card number that test_cards does not list: it is not sent"
}
