{% extends bento_base_template %}
{% block SETUP_BENTO_BASE_IMAGE %}
# What `bento containerize` gives to a Docker engine. Packages, models and code come ready: npm does not run in here.
{{ super() }}
{% endblock %}
{% block SETUP_BENTO_COMPONENTS %}
WORKDIR {{ bento__path }}

# In the order of how seldom they change.
COPY layers/packages/ /
COPY layers/models/ /
COPY layers/code/ /
{% endblock %}
