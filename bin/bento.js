#!/usr/bin/env node
// Old syntax and no static import, so that an old Node prints a sentence and not a syntax error.
var parts = process.versions.node.split('.').map(Number)
var supported =
  (parts[0] === 20 && parts[1] >= 19) || (parts[0] === 22 && parts[1] >= 13) || parts[0] > 22

if (supported) {
  import('../dist/commands/entry.js')
    .then(function (entry) {
      return entry.run()
    })
    .then(function (code) {
      process.exitCode = code
      // After Ctrl-C, what was under way must not keep the process alive.
      if (code === 130) process.exit()
    })
} else {
  process.stderr.write(
    'bento needs Node ^20.19.0 or >=22.13.0, and this is ' +
      process.versions.node +
      '.\n  Install a current Node from https://nodejs.org.\n',
  )
  process.exitCode = 1
}
