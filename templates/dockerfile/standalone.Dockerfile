{% extends bento_base_template %}
{% block SETUP_BENTO_BASE_IMAGE %}
# For who has no `bento containerize`. Build it from the bento's folder:
#   docker build -f env/docker/Dockerfile -t NAME .
{{ super() }}
{% endblock %}
{% block SETUP_BENTO_COMPONENTS %}
WORKDIR {{ bento__path }}

# In the order of how seldom they change.
COPY package.json package-lock.json .npmrc* ./
RUN --mount=type=cache,target=/var/cache/npm,sharing=locked \
    ONNXRUNTIME_NODE_INSTALL=skip npm ci --cache /var/cache/npm --omit=dev --no-audit --no-fund
{{ models }}
COPY . .
RUN chmod 755 env/docker/entrypoint.sh
{% endblock %}
