import { expect, test } from '@jest/globals'
import { renderDockerfile } from '../../src/dockerfile/render.ts'
import { plainImage } from '../../src/store/manifest.ts'

function render(template: string): Promise<string> {
  return renderDockerfile({ image: plainImage, envs: [], port: 3000, template, kind: 'layers' })
}

test("a user's template extends one block and replaces another", async () => {
  const plain = await render('{% extends bento_base_template %}')
  const text = await render(`{% extends bento_base_template %}
{# Certificates of ours #}
{% block SETUP_BENTO_BASE_IMAGE %}
{{ super() }}
COPY --chown=0 ca.pem /usr/local/share/ca-certificates/
{% endblock %}
{%- block SETUP_BENTO_USER -%}
RUN mkdir -p {{ bento__path }} && chown {{ bento__uid_gid }} {{bento__home}}
{%- endblock -%}
`)
  expect(text).toContain(
    'FROM ${BASE}\nCOPY --chown=0 ca.pem /usr/local/share/ca-certificates/\n\nRUN mkdir -p /home/bento/bento && chown 1034 /home/bento\n\nENV NODE_ENV',
  )
  const own = new Set(text.split('\n'))
  expect(plain.split('\n').filter((line) => !own.has(line))).toEqual([])
})

test.each([
  ['code', '{% for x in y %}RUN id{% endfor %}', '{% for x in y %} is not understood'],
  ['an import', "{% import 'x' as y %}", 'no code of a template is run'],
  [
    'a constructor',
    "{% block SETUP_BENTO_USER %}{{ range.constructor('return process')() }}{% endblock %}",
    "there is no {{ range.constructor('return process')() }}",
  ],
  [
    'a name of the language itself',
    '{% block SETUP_BENTO_USER %}{{ constructor }}{% endblock %}',
    'there is no {{ constructor }}: known are super(), bento__home',
  ],
  [
    "a name that is bento's own",
    '{% block SETUP_BENTO_USER %}{{ system_packages }}{% endblock %}',
    'there is no {{ system_packages }}',
  ],
  [
    'a block that is none',
    '{% block EXTRA %}{% endblock %}',
    '{% block EXTRA %} is not understood',
  ],
  [
    'a block in a block',
    '{% block SETUP_BENTO_USER %}\n{% block SETUP_BENTO_ENVARS %}{% endblock %}{% endblock %}',
    'Dockerfile_template:2"',
  ],
  [
    'a block without an end',
    '{% block SETUP_BENTO_USER %}RUN id',
    'block "SETUP_BENTO_USER" has no {% endblock %}',
  ],
])('refuses %s', async (_, template, message) => {
  await expect(render(template)).rejects.toMatchObject({
    code: 'BENTOFILE_INVALID',
    message: expect.stringContaining(message.replace('Dockerfile_', 'dockerfile_')),
  })
})
