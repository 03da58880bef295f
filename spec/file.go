package spec

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// maxInput limits a file that a user gives: one without an end must not fill the memory.
const maxInput = 64 << 20

// ReadFile reads a file that a user gives, which may be a pipe.
func ReadFile(file string) (data []byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = ReadAll(f, maxInput)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return data, nil
}

// ReadAll reads what has at most limit bytes.
func ReadAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("it has more than %d MiB", limit>>20)
	}
	return data, err
}
