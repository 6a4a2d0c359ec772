# No capacity providers: services and tasks name their launch type, which is Fargate. And an account's first
# PutClusterCapacityProviders fails where the role of ECS has just been made with the cluster.
resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = var.container_insights ? "enabled" : "disabled"
  }
}
