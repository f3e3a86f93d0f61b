"""What happens to listed mines: inspections, findings, rectification, removal, sanctions."""
