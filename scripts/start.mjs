// `npm start`: compiles bento, imports the iris model into a store inside the checkout, serves examples/iris.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const env = { ...process.env, BENTO_HOME: `${root}.bento-home` }

const preparations = [
  ['node_modules/typescript/bin/tsc'],
  // Importing the same file again changes nothing: the version is the digest of what it holds.
  ['bin/bento.js', 'models', 'import', 'examples/iris/iris_classifier.onnx', '-o', 'tag'],
]

let code = 0
for (const args of preparations) code ||= await run(args, ['ignore', 2, 2])
code ||= await run(['bin/bento.js', 'serve', 'examples/iris', '--production'], 'inherit')
process.exitCode = code

/**
 * Runs a step to its end and gives its exit code. Signals are passed on: with Ctrl-C the terminal reaches the child as
 * well, and `bento serve` takes two signals within half a second for one press.
 */
function run(args, stdio) {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio })
  const pass = (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.off(name, pass)
      resolve(status ?? 128 + constants.signals[signal])
    })
  })
}
