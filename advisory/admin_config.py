from django.contrib.admin.apps import AdminConfig


class AdvisoryAdminConfig(AdminConfig):
    # By name: the site needs models, and those come after this.
    default_site = "advisory.admin_site.AdvisoryAdminSite"
