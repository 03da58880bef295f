package spec

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"

	"github.com/getkin/kin-openapi/openapi3"
)

// formats are the string formats that are judged beside those that kin-openapi
// knows by itself (byte, date, date-time). Any other format is an annotation.
var formats = map[string]openapi3.StringFormatValidator{
	"email": format("an email address", func(s string) bool {
		a, err := mail.ParseAddress(s)
		return err == nil && a.Address == s
	}),
	"uri": format("an absolute URI", func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && u.IsAbs()
	}),
	"uuid": format("a UUID", uuid.MatchString),
	"ipv4": format("an IPv4 address", func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is4()
	}),
	"ipv6": format("an IPv6 address", func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is6() && a.Zone() == ""
	}),
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

func format(what string, is func(string) bool) openapi3.StringFormatValidator {
	return openapi3.NewCallbackValidator(func(s string) error {
		if !is(s) {
			return fmt.Errorf("is not %s", what)
		}
		return nil
	})
}
