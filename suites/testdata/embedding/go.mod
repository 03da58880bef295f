module example.test/embedding

go 1.26

require (
	github.com/onsi/ginkgo/v2 v2.34.0
	github.com/onsi/gomega v1.44.0
	qorcheck v0.0.0
)

replace qorcheck => ../../..
