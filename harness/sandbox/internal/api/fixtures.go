package api

import (
	"bytes"
	_ "embed"
	"fmt"
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
			Approved          cardTrigger   `yaml:"approved"`
			Refused           []cardTrigger `yaml:"refused"`
			Error             cardTrigger   `yaml:"error"`
			Internal          cardTrigger   `yaml:"internal"`
			CaptureFailsLater cardTrigger   `yaml:"capture_fails_later"`
		} `yaml:"card"`
		ACH struct {
			Refused  []bankTrigger `yaml:"refused"`
			Error    bankTrigger   `yaml:"error"`
			Internal bankTrigger   `yaml:"internal"`
		} `yaml:"ach"`
	} `yaml:"triggers"`
}

// keys are a pair: neither half is worth anything with another half.
type keys struct {
	App    string `yaml:"AppKey"`
	Client string `yaml:"ClientKey"`
}

type cardTrigger struct {
	Number string `yaml:"creditcard"`
	CVV    string `yaml:"cvv"`
}

type bankTrigger struct {
	Number string `yaml:"account_number"`
}

func readFixtures() (fixtures, error) {
	var f fixtures
	if err := yaml.Unmarshal(fixturesFile, &f); err != nil {
		return f, fmt.Errorf("fixtures.yaml: %w", err)
	}
	return f, nil
}
