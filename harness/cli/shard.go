package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"qorcheck/harness/plan"
	"qorcheck/harness/run"
)

// auto is the value of --shard that reads the shard from the CI system.
const auto = "auto"

// ciVariables are the variables in which CI systems number the parallel jobs of one step.
var ciVariables = []struct {
	system, index, total string
	first                int // index of the first job
}{
	{"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
	{"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0},
	{"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
}

// resolveAutoShard replaces auto by the shard of the CI system.
func (f *runFlags) resolveAutoShard() error {
	if f.shard != auto {
		return nil
	}
	s, err := shardOfCI(f.lookup)
	if err == nil {
		f.shard = fmt.Sprintf("%d/%d", s.Number, s.Of)
	}
	return err
}

func shardFrom(index, total string, first int) (s run.Shard, ok bool) {
	i, bad := strconv.Atoi(index)
	n, worse := strconv.Atoi(total)
	s = run.Shard{Number: i - first + 1, Of: n}
	return s, errors.Join(bad, worse) == nil && s.Number >= 1 && s.Number <= s.Of
}

// shardOfCI returns the shard of this job; a job without a number is the only one.
func shardOfCI(lookup func(string) (string, bool)) (s run.Shard, err error) {
	var names []string
	for _, ci := range ciVariables {
		names = append(names, fmt.Sprintf("%s and %s (%s)", ci.index, ci.total, ci.system))
		index, numbered := lookup(ci.index)
		total, counted := lookup(ci.total)
		switch {
		case !numbered && !counted:
			continue
		case !numbered && total == "1":
			return run.Shard{Number: 1, Of: 1}, nil
		}
		ok := false
		if s, ok = shardFrom(index, total, ci.first); !ok {
			return s, fmt.Errorf("--shard %s: %s=%s and %s=%s are not the number of a job, counted from %d, and the number of jobs", auto, ci.index, index, ci.total, total, ci.first)
		}
		return s, nil
	}
	return s, fmt.Errorf("--shard %s: no CI system numbers this job: looked for %s; give I/N, such as 2/4", auto, strings.Join(names, ", "))
}

// selectShard reduces a plan to the shard of --shard, nil for the whole plan.
func (f *runFlags) selectShard(whole *plan.Plan) (*plan.Plan, *run.Shard, error) {
	if f.shard == "" {
		return whole, nil, nil
	}
	index, total, _ := strings.Cut(f.shard, "/")
	s, ok := shardFrom(index, total, 1)
	if !ok {
		return nil, nil, fmt.Errorf("--shard %s: must be I/N with I from 1 to N, such as 2/4, or %s", f.shard, auto)
	}
	part := whole.Shard(s.Number, s.Of)
	if part == nil {
		return nil, nil, fmt.Errorf("--shard %s: the plan has %d cases, and cannot have more shards than cases", f.shard, len(whole.Cases))
	}
	return part, &s, nil
}
