// shared fixtures of the tests
