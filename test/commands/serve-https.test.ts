import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, jest, test } from '@jest/globals'
import { client } from '../../src/client/client.ts'
import { describeWith, missing } from '../describe-with.ts'
import { run, start } from '../processes.ts'
import { type Certificates, makeCertificates, readAll } from '../serve/tls/certificates.ts'
import { helloProject } from './hello-project.ts'
import { runBento } from './run-bento.ts'

// Bundles a service and starts real processes.
jest.setTimeout(60_000)

const bin = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))
const healthcheck = fileURLToPath(
  new URL('../../templates/docker/healthcheck.mjs', import.meta.url),
)

interface Hello {
  greet(): string
}

describeWith('bento serve with a certificate', await missing('openssl'), () => {
  let made: Certificates

  beforeAll(async () => {
    made = await makeCertificates()
  })

  test('answers HTTPS to clients that have a certificate, and a health check sees it', async () => {
    const cwd = await helloProject()
    const { cert, key, ca, clientCert, clientKey } = made
    const own = `--ssl-certfile ${cert} --ssl-keyfile ${key}`
    const line = `serve --port 0 ${own} --ssl-ca-certs ${ca} --ssl-cert-reqs 2`
    const served = start(process.execPath, [bin, ...line.split(' ')], {
      cwd,
      env: { BENTO_HOME: join(cwd, 'home') },
    })
    try {
      const [, url = ''] = await served.printed(/Serving on (https:\S+)\n/)
      const tls = await readAll({ ca, cert: clientCert, key: clientKey })
      const caller = client<Hello>(url, { tls })
      expect(await caller.greet()).toBe('hello')
      await caller.close()
      const access = ['--cacert', ca, '--cert', clientCert, '--key', clientKey]
      await callWithCommands(url, access)
      await run(process.execPath, [healthcheck, new URL(url).port], { cwd })
    } finally {
      expect(await served.interrupt()).toBe(0)
    }
  })

  async function callWithCommands(url: string, access: readonly string[]): Promise<void> {
    const written = await runBento(['client', url, ...access])
    expect(written).toMatchObject({ code: 0, stdout: expect.stringContaining('greet(') })
    const recorded = await runBento(['verify', '--record', url, ...access])
    expect(recorded).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Recorded 1 answer/) })
    const short = ['--connections', '1', '--duration', '200ms', '--warm-up', '0s']
    const assertion = ['--assert', 'errors=0']
    expect(await runBento(['bench', url, ...short, ...assertion, ...access])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('✔ errors=0'),
    })
    for (const command of ['client', 'verify --record', 'bench']) {
      const { code, stderr } = await runBento(`${command} ${url}`)
      expect([code, stderr]).toEqual([1, expect.stringContaining('with --cacert.')])
    }
  }

  test.each([
    ['--cacert nowhere.pem', 'FILE_NOT_FOUND: "nowhere.pem" cannot be read'],
    ['--cacert KEY', 'USAGE: "KEY" holds no certificate that can be read'],
    ['--cert CERT', 'USAGE: "CERT" holds no private key that can be read'],
    ['--key KEY', 'USAGE: --key is of no use without --cert'],
  ])('refuses %s', async (flags, message) => {
    const { key, cert } = made
    const put = (text: string): string => text.replace('KEY', key).replace('CERT', cert)
    const { code, stderr } = await runBento(`client https://127.0.0.1:1 ${put(flags)}`)
    expect(code).toBeGreaterThan(0)
    expect(stderr.split('\n', 1)[0]).toContain(put(message))
  })

  test('says what is wrong with a key before anything starts', async () => {
    const cwd = await helloProject()
    const line = `serve --port 0 --ssl-certfile ${made.cert} --ssl-keyfile ${made.clientKey}`
    const { code, stdout, stderr } = await runBento(line, { cwd })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.replaceAll(made.folder, 'certs')).toMatchInlineSnapshot(`
"Bundling
Describing the service
CONFIG_INVALID: The key in "certs/client-key.pem" is not that of the certificate in "certs/server.pem"
  Name the two files that were made together in \`ssl.certfile\` and \`ssl.keyfile\`.
"
`)
  })

  test('needs a certificate for a key', async () => {
    const cwd = await helloProject()
    const { code, stderr } = await runBento(`serve --ssl-keyfile ${made.key}`, {
      cwd,
    })
    expect(code).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
"Bundling
Describing the service
CONFIG_INVALID: The service's options have a problem
✖ --ssl-certfile: must name its certificate in certfile when it is enabled → at ssl
  Correct each where it is written.
"
`)
  })
})
