{% block SETUP_BENTO_BASE_IMAGE %}
ARG BASE={{ base }}
{{ node_image }}
FROM ${BASE}
{{ node_copy }}
{{ system_packages }}
{{ setup_script }}
{% endblock %}
{% block SETUP_BENTO_USER %}
{% endblock %}
{% block SETUP_BENTO_ENVARS %}
ENV NODE_ENV=production \
    ORT_DISABLE_TELEMETRY=1 \
    HOME={{ bento__home }} \
    BENTO_HOME=/tmp/bento \
    BENTO_PATH={{ bento__path }} \
    BENTO_HOST=0.0.0.0
{{ envs }}
{% endblock %}
{% block SETUP_BENTO_COMPONENTS %}
{% endblock %}
{% block SETUP_BENTO_ENTRYPOINT %}
# By number: no base needs to know the user.
USER 1034:1034
EXPOSE {{ port }}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "{{ bento__path }}/env/docker/healthcheck.mjs", "{{ port }}"]
ENTRYPOINT ["{{ bento__entrypoint }}"]
CMD []
{% endblock %}
