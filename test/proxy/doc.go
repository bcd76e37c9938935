// Package proxy starts the reverse proxies with the lines that docs/operations.md
// gives for them, so that what people copy from there is what the tests run. It
// knows nothing of what the lines are to do.
package proxy
