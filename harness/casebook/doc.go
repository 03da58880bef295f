// Package casebook certifies servers that nobody here wrote, each by its own
// description, with requirements and fixtures in testdata. What each was found to
// break stands in CASEBOOK.md. The package holds tests with the build tag tools
// and nothing else; make casebook builds the servers and runs them.
package casebook
