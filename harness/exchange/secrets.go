package exchange

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"slices"

	"qorcheck/harness/plan"
	"qorcheck/harness/redact"
	"qorcheck/harness/settings"
	"qorcheck/spec"
)

// NewRedactor makes a redactor for the secrets of the fixtures, for the names that
// the description marks as secret, and for further secrets of the run.
func NewRedactor(f *settings.Fixtures, names []string, more ...string) *redact.Redactor {
	credentials, cards := f.Secrets()
	values := slices.Clone(credentials)
	for _, value := range more {
		if redact.IsCard(value) {
			cards = append(cards, value)
		} else {
			values = append(values, value)
		}
	}
	values = append(values, f.FurtherSecrets()...)
	for _, value := range credentials {
		values = append(values, plan.Twisted(value)...)
	}
	return redact.New(redact.Secrets{Values: append(values, f.ShortSecrets(names)...), Cards: cards, Names: names})
}

// exampleCards lists the card numbers that the description gives as examples of
// parameters: near misses are made of them, in which a number does not stand by itself.
func exampleCards(d *spec.Description) (list []string) {
	for _, o := range d.Operations {
		for _, p := range o.Parameters {
			if text, ok := p.Example.(string); ok && redact.IsCard(text) {
				list = append(list, text)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// keysOf lists the private keys of client certificates as files hold them: the bytes in
// base64, and the lines of them in PEM form.
func keysOf(config *tls.Config) (list []string) {
	if config == nil {
		return nil
	}
	for _, certificate := range config.Certificates {
		for _, data := range encodingsOf(certificate.PrivateKey) {
			whole := base64.StdEncoding.EncodeToString(data)
			list = append(list, whole)
			for line := range slices.Chunk([]byte(whole), pemLine) {
				if len(line) >= minKeyLine {
					list = append(list, string(line))
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Lengths of lines of a key in PEM form (RFC 7468). The first one names the algorithm, as
// that of every key does, but holds bytes of the key too.
const (
	pemLine    = 64
	minKeyLine = 16
)

// encodingsOf returns a key in the forms in which files hold it.
func encodingsOf(key any) (list [][]byte) {
	if data, err := x509.MarshalPKCS8PrivateKey(key); err == nil {
		list = append(list, data)
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		list = append(list, x509.MarshalPKCS1PrivateKey(k))
	case *ecdsa.PrivateKey:
		if data, err := x509.MarshalECPrivateKey(k); err == nil {
			list = append(list, data)
		}
	}
	return list
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
