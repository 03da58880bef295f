package cli

import (
	"fmt"

	"qorcheck/harness/settings"
)

// maxExplore keeps plans in the memory of one machine.
const maxExplore = 10000

// checkExplore refuses an exploration that cannot be.
func (in *inputs) checkExplore() error {
	switch {
	case in.explore < 0:
		return fmt.Errorf("--explore %d: must be 0 or more", in.explore)
	case in.explore > maxExplore:
		return fmt.Errorf("--explore %d: must be %d or less", in.explore, maxExplore)
	case in.explore > 0 && in.smoke:
		return fmt.Errorf("--smoke: --explore %d: a smoke run sends few cases, and explores nothing", in.explore)
	case in.explore > 0 && in.budget != settings.Budget{}:
		return fmt.Errorf("--budget %s: --explore %d: a run within a budget explores nothing", &in.budget, in.explore)
	}
	return nil
}
