package settings

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
	"golang.org/x/crypto/scrypt"

	"qorcheck/harness/redact"
	"qorcheck/spec"
)

// Roles of credentials.
const (
	Valid         = "valid"
	UnknownRole   = "unknown" // when omitted, well-formed ones are invented
	Revoked       = "revoked"
	NoRights      = "no_rights"
	OtherMerchant = "other_merchant"
)

// Fixtures are the facts of one environment: its hosts, credentials, merchants and the
// test data that provoke each outcome. They are one YAML file.
type Fixtures struct {
	File   string `yaml:"-"`
	Digest string `yaml:"-"` // sha256 of the fixtures without their secrets, "sha256:…"

	Hosts       []string                      `yaml:"hosts"`
	Production  bool                          `yaml:"production"`
	Credentials Credentials                   `yaml:"credentials"`
	OAuth2      map[string]*ClientCredentials `yaml:"oauth2"`    // by security scheme, in place of its valid credential
	Headers     map[string]string             `yaml:"headers"`   // of every request to the target
	Base        string                        `yaml:"base"`      // path between the target and every path of the description
	Merchants   map[string]string             `yaml:"merchants"` // main, other, …
	Triggers    map[string]Triggers           `yaml:"triggers"`  // card, ach, …
	Settle      *Settle                       `yaml:"settle"`
	Receiver    *Receiver                     `yaml:"receiver"`
	Exclusive   bool                          `yaml:"exclusive"` // nobody else uses the environment during a run
	Known       map[string]KnownList          `yaml:"known"`     // resources that exist, by name
	TestCards   []string                      `yaml:"test_cards"`
	Values      map[string]string             `yaml:"values"`  // format or pattern → text to send
	Effects     map[string]spec.Effect        `yaml:"effects"` // operation id → what it does
	Writes      []string                      `yaml:"writes"`  // patterns of operation ids that are sent whatever they change
	Cannot      map[string]string             `yaml:"cannot"`  // requirement or obligation id → reason

	variables variables // what came from variables
}

// Credentials are by role, then by security scheme.
type Credentials map[string]map[string]string

// ValidKeys lists the roles.
func (Credentials) ValidKeys() []string {
	return []string{Valid, UnknownRole, Revoked, NoRights, OtherMerchant}
}

// Settle is the request that makes an environment settle a transaction.
// A URL without a host is a path at the target. {name} in the body stands for the
// field of that name in the response that created the transaction.
type Settle struct {
	Method string `yaml:"method"`
	URL    string `yaml:"url"`
	Body   any    `yaml:"body"`
}

// Receiver is the address at which messages are received, and the one by which the
// target reaches it.
type Receiver struct {
	Listen  string `yaml:"listen"`
	Address string `yaml:"address"`
}

// LoadFixtures reads a fixtures file. ${NAME} in it stands for an environment
// variable, looked up by env; one that is not set is an error.
func LoadFixtures(file string, env func(string) (string, bool)) (*Fixtures, error) {
	data, err := spec.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("fixtures: %w", err)
	}
	return ParseFixtures(data, file, env)
}

// ParseFixtures reads fixtures from bytes; name stands for them in errors.
// Unknown keys and roles, and unset variables, are errors.
func ParseFixtures(data []byte, name string, env func(string) (string, bool)) (*Fixtures, error) {
	f := &Fixtures{File: filepath.Base(name)}
	root, err := spec.ParseYAML(data)
	if errors.Is(err, spec.ErrEmpty) {
		root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"} // an empty file says nothing of its environment
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f.variables = variables{lookup: env, values: map[string]string{}}
	if missing := f.variables.expand(root); len(missing) > 0 {
		return nil, fmt.Errorf("%s: %s: not set; export each of them, or omit its line: what needs it is inconclusive then", name, strings.Join(missing, ", "))
	}
	if err := spec.DecodeNode(root, "", f); err != nil {
		return nil, f.WithoutSecrets(fmt.Errorf("%s: %w", name, err))
	}
	if err := f.check(); err != nil {
		return nil, f.WithoutSecrets(fmt.Errorf("%s: %w", name, err))
	}
	f.standInForTokens()
	f.invent()
	f.digest()
	return f, nil
}

func (f *Fixtures) check() error {
	for _, host := range f.Hosts {
		if host == "" || strings.ContainsAny(host, "/@ *") {
			return fmt.Errorf("hosts: %q: must be a host or host:port, as in sandbox.example.test", host)
		}
	}
	if err := f.checkEnvironment(); err != nil {
		return err
	}
	for _, role := range slices.Sorted(maps.Keys(f.Credentials)) {
		for _, scheme := range slices.Sorted(maps.Keys(f.Credentials[role])) {
			if f.Credentials[role][scheme] == "" {
				return fmt.Errorf("credentials.%s.%s: must not be empty", role, scheme)
			}
		}
	}
	if s := f.Settle; s != nil {
		if u, err := url.Parse(s.URL); err != nil || s.URL == "" || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("settle.url: %q: must be an http or https URL, or a path at the target", s.URL)
		}
		if s.Method == "" {
			return errors.New("settle.method: must be given, as in POST")
		}
		if _, err := json.Marshal(s.Body); err != nil {
			return fmt.Errorf("settle.body: must be a JSON value: %w", err)
		}
	}
	if r := f.Receiver; r != nil {
		if _, _, err := net.SplitHostPort(r.Listen); err != nil {
			return fmt.Errorf("receiver.listen: %q: must be host:port, as in 127.0.0.1:0", r.Listen)
		}
		if u, err := url.Parse(r.Address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("receiver.address: %q: must be an http or https URL", r.Address)
		}
	}
	for _, card := range f.TestCards {
		if !redact.IsCard(card) {
			return fmt.Errorf("test_cards: %s: must be a card number: 12 to 19 digits with a valid check digit", redact.MaskCard(card))
		}
	}
	if err := f.checkKnown(); err != nil {
		return err
	}
	if err := f.checkEffects(); err != nil {
		return err
	}
	return f.checkCards()
}

// Credential returns the value of a scheme for a role, "" when the fixtures lack it.
func (f *Fixtures) Credential(role, scheme string) string { return f.Credentials[role][scheme] }

// invent makes the unknown credentials from the valid ones: each letter and digit is
// replaced by another of its class.
func (f *Fixtures) invent() {
	valid := f.Credentials[Valid]
	if len(f.Credentials[UnknownRole]) > 0 || len(valid) == 0 {
		return
	}
	invented := map[string]string{}
	for scheme, value := range valid {
		sum := sha256.Sum256([]byte("unknown credential " + scheme + value))
		capitals := !strings.ContainsFunc(value, func(c rune) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' })
		var b strings.Builder
		for i, c := range value {
			b.WriteRune(other(c, sum[i%len(sum)], capitals))
		}
		invented[scheme] = b.String()
	}
	f.Credentials[UnknownRole] = invented
}

func other(c rune, by byte, capitals bool) rune {
	turn := func(first, n rune) rune { return first + (c-first+1+rune(by)%(n-1))%n }
	switch {
	case c >= '0' && c <= '9':
		return turn('0', 10)
	case c >= 'a' && c <= 'f':
		return turn('a', 6)
	case c >= 'g' && c <= 'z':
		return turn('g', 20)
	case capitals && c >= 'A' && c <= 'Z':
		return turn('A', 26)
	}
	return c // capitals among other letters and digits are often a prefix for the kind of key
}

// digest sets the digest, which differs between fixtures and contains no secret. The
// receiver is left out: it differs between the machines of one run.
func (f *Fixtures) digest() {
	shape := map[string]any{"hosts": f.Hosts, "merchants": f.Merchants, "settle": f.Settle != nil, "cannot": f.Cannot}
	if f.Exclusive { // what is not given is not part of the digest
		shape["exclusive"] = true
	}
	if len(f.Effects)+len(f.Writes) > 0 {
		shape["effects"], shape["writes"] = f.Effects, f.Writes
	}
	if len(f.Headers) > 0 {
		shape["headers"] = slices.Sorted(maps.Keys(f.Headers))
	}
	if f.Base != "" {
		shape["base"] = f.Base
	}
	for name, list := range f.Known {
		shape["known."+name] = list
	}
	for role, byScheme := range f.Credentials {
		shape["credentials."+role] = slices.Sorted(maps.Keys(byScheme))
	}
	for group, t := range f.Triggers {
		for where, trigger := range t.all() {
			shape["triggers."+group+"."+where] = slices.Sorted(maps.Keys(trigger))
		}
	}
	data, err := json.Marshal(shape)
	if err != nil {
		panic(err) // plain data, and check has seen the settle body
	}
	sum := sha256.Sum256(data)
	f.Digest = "sha256:" + hex.EncodeToString(sum[:])
}

// Costs of a digest of values: some 50 ms and 16 MiB for each.
const valuesCost, valuesBlock = 1 << 14, 8

// ValuesDigest returns a digest of all fixtures but the receiver, keys, cards and values
// included. It is salted and slow, so that no value can be guessed by it: fixtures whose
// digests differ under one salt have other values.
func (f *Fixtures) ValuesDigest(salt string) (string, error) {
	values := map[string]any{
		"hosts": f.Hosts, "credentials": f.Credentials, "merchants": f.Merchants, "settle": f.Settle, "exclusive": f.Exclusive,
		"known": f.Known, "test_cards": f.TestCards, "values": f.Values, "cannot": f.Cannot,
	}
	if len(f.Headers)+len(f.OAuth2) > 0 {
		values["headers"], values["oauth2"] = f.Headers, f.OAuth2
	}
	for group, t := range f.Triggers {
		values["triggers."+group] = t.all()
	}
	data, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.File, err)
	}
	made := sha256.Sum256(fmt.Appendf(nil, "%d %s%s", len(data), data, salt))
	if known, ok := digested.Load(made); ok {
		return known.(string), nil
	}
	key, err := scrypt.Key(data, []byte("qorcheck "+salt), valuesCost, valuesBlock, 1, 32)
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.File, err)
	}
	digest := "scrypt:" + hex.EncodeToString(key)
	digested.Store(made, digest)
	return digest, nil
}

// digested holds each digest of values that was made, by what it was made of: runs of one
// plan and environment, such as a resumed one, ask for the same.
var digested sync.Map

// AllowsHost reports whether requests may go to a host: loopback, or one under hosts,
// with the same port where one is given.
func (f *Fixtures) AllowsHost(hostport string) bool {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host, port = hostport, ""
	}
	host = strings.Trim(strings.ToLower(host), "[]")
	if Loopback(host) {
		return true
	}
	return slices.ContainsFunc(f.Hosts, func(named string) bool {
		h, p, err := net.SplitHostPort(named)
		if err != nil {
			h, p = named, ""
		}
		return strings.EqualFold(strings.Trim(h, "[]"), host) && (p == "" || p == port)
	})
}

// ReceiverHint returns the line to add to the fixtures so that messages can arrive.
func (f *Fixtures) ReceiverHint() string {
	return fmt.Sprintf("add to %s: receiver: { listen: \"0.0.0.0:8099\", address: \"http://…\" } with an address that the target reaches", f.File)
}

// Loopback reports whether a host name or address is this machine's own.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// UnlistedCard reports whether a value is a card number that test_cards does not list.
func (f *Fixtures) UnlistedCard(value string) bool {
	return redact.IsCard(value) && !slices.Contains(f.TestCards, value)
}
