# The search engine of the tests as an image, for machines that can pull none: a Debian root made by debootstrap
# (with Java and curl) plus the engine's jars from Maven Central. One layer only: the storage driver of the tests'
# Docker engine copies the whole root for each.
ARG BASE
FROM ${BASE}
COPY --chown=1000:1000 engine /engine
USER 1000:1000
WORKDIR /engine
EXPOSE 9200
# The runner listens on the first free port after the one given.
CMD ["java", "-Xms512m", "-Xmx1g", "-cp", "/engine/lib/*", "org.codelibs.opensearch.runner.OpenSearchRunner", \
     "-basePath", "/engine/data", "-confPath", "/engine/config", "-numOfNode", "1", "-baseHttpPort", "9199", "-clusterName", "container"]
