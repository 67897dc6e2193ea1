{{%AUTOESCAPE context="HTML"}}
{{>TROUBLE_PART}}
{{>LIVE}}
