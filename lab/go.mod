module github.com/unloop-dev/unloop/lab

go 1.26.0

require (
	github.com/unloop-dev/unloop v0.0.0
	go.yaml.in/yaml/v3 v3.0.6
	golang.org/x/net v0.62.0
)

replace github.com/unloop-dev/unloop => ..
