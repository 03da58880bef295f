package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func noArguments(c *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	if c.HasSubCommands() {
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		return fmt.Errorf("unknown command %q; allowed: %s", arguments[0], strings.Join(names, ", "))
	}
	return fmt.Errorf("%s takes no argument, got %q; settings are flags, as listed by qorcheck %s --help", c.Name(), arguments[0], c.Name())
}

// flagError says what is allowed in place of a flag that does not exist, or of a value that it cannot have.
func flagError(c *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s %s: allowed is %s", invalid.GetFlag().Name, invalid.GetValue(), allowed(invalid.GetFlag()))
	}
	if _, ok := errors.AsType[*pflag.NotExistError](err); ok {
		names := []string{}
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return fmt.Errorf("%w; allowed: %s", err, strings.Join(names, ", "))
	}
	return err
}

// allowed says what values a flag takes.
func allowed(f *pflag.Flag) string {
	if own, ok := f.Value.(interface{ Allowed() string }); ok {
		return own.Allowed()
	}
	switch f.Value.Type() {
	case "duration":
		return "a number with its unit, as 10s or 500ms"
	case "bool":
		return "true or false"
	case "uint64":
		return "a whole number that is not negative"
	}
	return "a whole number"
}

const prefix = "QORCHECK_"

// fromEnvironment sets the flags that the command line leaves out. A variable
// that is no flag of any command is an error: it is a typing error of someone.
func fromEnvironment(root, command *cobra.Command, environ []string) error {
	known := map[string]bool{}
	var names []string
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if name := variable(f.Name); f.Name != "help" && !known[name] {
				known[name] = true
				names = append(names, name)
			}
		})
	}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if !known[name] {
			return fmt.Errorf("%s: no setting has this variable; allowed: %s", name, strings.Join(names, ", "))
		}
		f := command.Flags().Lookup(strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-"))
		if f == nil || f.Changed {
			continue
		}
		if err := command.Flags().Set(f.Name, value); err != nil {
			return fmt.Errorf("%s=%s: allowed is %s", name, value, allowed(f))
		}
	}
	return nil
}

// filledIn refuses flags that were given and are empty, as a variable that nobody
// set leaves them: what is certified then is not what was meant. An empty filter
// filters nothing.
func filledIn(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && f.DefValue == "" && f.Name != "filter" && strings.TrimSpace(f.Value.String()) == "" {
			err = fmt.Errorf("--%s %q (or %s): it is empty; leave it away, or give it a value: %s", f.Name, f.Value.String(), variable(f.Name), f.Usage)
		}
	})
	return err
}

func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
