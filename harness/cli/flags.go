package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"qorcheck/spec"
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
		return fmt.Errorf("unknown command %q%s; must be one of %s", arguments[0], spec.DidYouMean(arguments[0], names), strings.Join(names, ", "))
	}
	return fmt.Errorf("%s takes no argument, got %q; settings are flags, as listed by qorcheck %s --help", c.Name(), arguments[0], c.Name())
}

// flagError adds to an unknown flag the one that was probably meant, or all that exist,
// and the valid values to an invalid one.
func flagError(c *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return fmt.Errorf("--%s %s: must be %s", invalid.GetFlag().Name, invalid.GetValue(), validValues(invalid.GetFlag()))
	}
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		names := []string{}
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		if hint := spec.DidYouMean("--"+unknown.GetSpecifiedName(), names); hint != "" {
			return fmt.Errorf("%w%s; qorcheck %s --help lists the flags", err, hint, c.Name())
		}
		return fmt.Errorf("%w; the flags are %s", err, strings.Join(names, ", "))
	}
	return err
}

// validValues describes the values of a flag.
func validValues(f *pflag.Flag) string {
	if own, ok := f.Value.(interface{ Allowed() string }); ok {
		return own.Allowed()
	}
	switch f.Value.Type() {
	case "duration":
		return "a number with its unit, such as 10s or 500ms"
	case "bool":
		return "true or false"
	case "uint64":
		return "a whole number that is not negative"
	}
	return "a whole number"
}

const prefix = "QORCHECK_"

// setFromEnvironment sets the flags that the command line omits. A variable that is
// a flag of no command is an error: it is misspelled.
func setFromEnvironment(root, command *cobra.Command, environ []string) error {
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
			return fmt.Errorf("%s: no setting has this variable%s; the variables are %s", name, spec.DidYouMean(name, names), strings.Join(names, ", "))
		}
		f := command.Flags().Lookup(strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, prefix)), "_", "-"))
		if f == nil || f.Changed {
			continue
		}
		if err := command.Flags().Set(f.Name, value); err != nil {
			return fmt.Errorf("%s=%s: must be %s", name, value, validValues(f))
		}
	}
	return nil
}

// checkNotEmpty refuses flags that were given and are empty, as a shell variable that
// is not set leaves them: something else than intended would be certified. An empty
// filter selects everything.
func checkNotEmpty(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && f.DefValue == "" && f.Name != "filter" && strings.TrimSpace(f.Value.String()) == "" {
			err = fmt.Errorf("--%s %q (or %s): it is empty; omit it, or give it a value: %s", f.Name, f.Value.String(), variable(f.Name), f.Usage)
		}
	})
	return err
}

func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
